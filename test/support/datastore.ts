import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { expect } from 'vitest'
import { only, type RunOptions, run, scratchFile } from './cli.ts'
import { asking, network, servingFlags } from './dht.ts'
import { type Listener, startListener } from './listener.ts'

/** The flags of a server of the DHT of the tests. */
export const serving = servingFlags()

/** Writes a fresh private key, and returns its path. */
async function keyFile(): Promise<string> {
  return scratchFile(privateKeyToProtobuf(await generateKeyPair('Ed25519')), 'key')
}

/** A server whose data is in a datastore, and which can be started again, as the same peer. */
export interface DurableServer {
  start(...flags: string[]): Promise<Listener>
}

/**
 * Makes a server of the DHT that keeps its data.
 *
 * @param datastore - where
 * @param role - its flags
 * @param options - environment
 * @returns what starts it
 */
export async function durableServer(
  datastore: string,
  role: string[] = serving,
  options: RunOptions = {},
): Promise<DurableServer> {
  const key = await keyFile()
  return { start: (...flags) => startListener([...role, '--key', key, '--datastore', datastore, ...flags], options) }
}

/** Puts a value and a provider record into one server; both are acknowledged. */
export async function store(server: Listener): Promise<void> {
  const put = await run(['dht', 'put', '--json', ...asking(server.tcp), '/v/kept', 'value'])
  expect(only(put.records, 'stored').peers).toContain(server.peerId)
  const announce = ['--announce', '/ip4/127.0.0.1/tcp/4001']
  const provided = await run(['dht', 'provide', '--json', ...asking(server.tcp), ...announce, 'content'])
  expect(only(provided.records, 'stored').peers).toContain(server.peerId)
}

/** Asks one server alone for what `store` put there. */
export async function expectStored({ tcp }: Listener): Promise<void> {
  const from = ['--json', '--network', network, '--from', tcp]
  const value = await run(['dht', 'get', ...from, '/v/kept'])
  expect(value, value.stderr).toMatchObject({ code: 0 })
  expect(only(value.records, 'value').text).toBe('value')
  const providers = await run(['dht', 'find-providers', ...from, 'content'])
  expect(providers, providers.stderr).toMatchObject({ code: 0 })
  expect(only(providers.records, 'provider').addresses[0]).toContain('/ip4/127.0.0.1/tcp/4001/p2p/')
}
