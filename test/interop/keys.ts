import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { only, run, scratchFile, scratchPath } from '../support/cli.ts'
import type { Implementation } from './build.ts'
import { cell } from './cell.ts'

const none = { transports: ['tcp'], security: ['noise'], muxers: ['yamux'] }

/**
 * Private keys that one side writes and the other reads, as libp2p protobuf, and the peer IDs that
 * both make of them.
 *
 * @param implementation - which
 */
export function keys(implementation: Implementation): void {
  for (const keyType of ['ed25519', 'secp256k1', 'rsa']) {
    cell({ implementation, group: 'keys', row: keyType, column: 'written by us' }, async (start) => {
      const file = scratchPath('key')
      const made = await run(['keygen', '--json', '-t', keyType, '--format', 'protobuf', '-o', file])
      const peer = await start(none)
      const read = await peer.do('read-key', { privateKey: readFileSync(file).toString('base64') })
      expect(read).toEqual({ peerId: only(made.records, 'key').peerId, keyType })
    })

    cell({ implementation, group: 'keys', row: keyType, column: 'written by them' }, async (start) => {
      const peer = await start(none)
      const made = await peer.do('generate-key', { keyType })
      const file = scratchFile(Buffer.from(made.privateKey, 'base64'), 'key')
      const result = await run(['key', 'inspect', '--json', file])
      if (result.code !== 0) throw new Error(`key inspect: ${result.stdout}`)
      expect(only(result.records, 'key')).toMatchObject({ peerId: made.peerId, keyType, format: 'protobuf' })
    })

    cell({ implementation, group: 'keys', row: keyType, column: 'as an identity' }, async (start) => {
      const file = scratchPath('key')
      const made = await run(['keygen', '--json', '-t', keyType, '-o', file])
      const peer = await start({ ...none, listen: ['/ip4/127.0.0.1/tcp/0'] })
      const dialed = await run(['dial', '--json', '--key', file, '--protocol', '/echo/1.0.0', peer.address])
      expect(dialed, dialed.stderr).toMatchObject({ code: 0 })
      expect((await peer.inbound()).peer).toBe(only(made.records, 'key').peerId)
    })
  }
}
