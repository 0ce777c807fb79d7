import { describe, expect, it } from 'vitest'
import { bootstrapLists } from '../support/bootstrap-list.ts'
import { only, run } from '../support/cli.ts'
import { kadMessage, kadServer, network } from '../support/dht.ts'
import { startListener } from '../support/listener.ts'

const amino = '/ipfs/kad/1.0.0'
const server = ['--transport', 'tcp', '--dht', 'server']

describe('the saved list', () => {
  it('named default is whom a query in amino begins with', async () => {
    const lists = bootstrapLists()
    const known = await kadServer(({ type }) => kadMessage(type), amino)
    lists.write('default', `# ours\n${known.address}\n`)
    for (const flags of [[], ['--network', 'amino'], ['--list', 'default']]) {
      const { code, records } = await lists.run('dht', 'find-peer', '--json', ...flags, known.peerId)
      expect(code).toBe(0)
      expect(only(records, 'peer').addresses).toEqual([known.address])
      expect(only(records, 'summary')).toMatchObject({ queried: 1, succeeded: 1, hops: 0 })
    }
    const dialed = await lists.run('dial', '--json', known.peerId)
    expect(only(dialed.records, 'dialed').peer).toBe(known.peerId)
    const elsewhere = await lists.run('dht', 'find-peer', '--json', '--network', network, known.peerId)
    expect(elsewhere.code).toBe(4)
  })

  it('that is malformed is 7, with the line', async () => {
    const lists = bootstrapLists()
    lists.write('default', 'nonsense\n')
    for (const args of [
      ['dht', 'get', '--json', '/v/key'],
      ['listen', '--json', ...server],
    ]) {
      const { code, records } = await lists.run(...args)
      expect(code).toBe(7)
      expect(only(records, 'error').error.message).toContain('default.txt:1:')
    }
  })

  it.each([
    ['default', []],
    ['mine', ['--network', network, '--list', 'mine']],
  ])('named %s is whom a server joins', async (name, flags) => {
    const lists = bootstrapLists()
    lists.write('default', '')
    const known = await startListener([...server, ...flags.slice(0, 2)], { env: lists.env })
    lists.write(name, `${known.tcp}\n`)
    const joining = await startListener([...server, ...flags], { env: lists.env })
    expect(await known.waitFor('connection-opened')).toMatchObject({ peer: joining.peerId })
  })

  it('is of no use to a server of another network, which may be the first, and an empty one is no error', async () => {
    const lists = bootstrapLists()
    const known = await startListener(['--transport', 'tcp'])
    lists.write('default', `${known.tcp}\n`)
    const first = await startListener([...server, '--network', network], { env: lists.env })
    lists.write('default', '')
    const alone = await startListener(server, { env: lists.env })
    for (const { tcp } of [first, alone]) expect((await run(['dial', tcp])).code).toBe(0)
    expect(known.records.map(({ type }) => type)).toEqual(['listening'])
    const missing = await lists.run('listen', '--json', ...server, '--list', 'none')
    expect(missing.code).toBe(7)
  })
})
