import { expect } from 'vitest'
import { only } from '../support/cli.ts'
import { ipnsBytes, ipnsSigner } from '../support/ipns.ts'
import type { MixedDht, Server } from './mixed-dht.ts'

const path = '/ipfs/bafkqaaa'

/**
 * What `p2p ipns publish` says of a name is taken by the server, and read by their client.
 *
 * @param dht - with peers of theirs
 * @param server - the address of one that serves
 */
export async function ipnsPublished(dht: MixedDht, server: string): Promise<void> {
  const { file, routingKey } = await ipnsSigner()
  for (const sequence of ['0', '1']) await dht.answered('ipns publish', server, ['--key', file, `${path}/${sequence}`])
  const client = await dht.their('client', [server], [])
  const key = Buffer.from(routingKey).toString('base64')
  const { value } = await client.do('dht-get', { key })
  expect(await client.do('ipns-read', { key, value })).toEqual({ path: `${path}/1`, sequence: '1' })
}

/**
 * What they say of a name is taken by the server, and found by `p2p ipns resolve`.
 *
 * @param dht - with peers of theirs
 * @param server - the address of one that serves
 */
export async function ipnsResolved(dht: MixedDht, server: string): Promise<void> {
  const client = await dht.their('client', [server], [])
  for (const sequence of ['6', '7']) {
    const { key, record } = await client.do('ipns-create', { path: `${path}/${sequence}`, sequence })
    await client.do('dht-put', { key, value: record })
  }
  const { records } = await dht.answered('ipns resolve', server, [client.peerId])
  expect(only(records, 'ipns')).toMatchObject({ value: `${path}/7`, sequence: '7', signature: 'valid' })
}

/**
 * A server keeps the newer record of a name, whoever puts an older one.
 *
 * @param dht - with peers of theirs
 * @param server - one that serves
 */
export async function olderIpnsRefused(dht: MixedDht, { address, peerId }: Server): Promise<void> {
  const signer = await ipnsSigner()
  const older = await ipnsBytes(signer, { sequence: 1n })
  await dht.answered('dht put', address, [signer.key, '-'], await ipnsBytes(signer, { sequence: 2n }))
  const put = await dht.ask('dht put', address, [signer.key, '-'], older)
  expect(put.code, put.stdout).toBe(1)
  expect(only(put.records, 'stored').refused).toEqual([peerId])
  const client = await dht.their('client', [address], [])
  const [key, value] = [signer.routingKey, older].map((bytes) => Buffer.from(bytes).toString('base64'))
  await client.do('dht-put', { key, value })
  const { records } = await dht.answered('ipns resolve', address, [signer.name])
  expect(only(records, 'ipns').sequence).toBe('2')
}
