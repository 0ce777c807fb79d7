import { describe, expect, it } from 'vitest'
import { bootstrapLists } from '../support/bootstrap-list.ts'
import { only } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { startNameServer } from '../support/name-server.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

const check = ['bootstrap', 'check', '--list', 'lan']
const refused = async (peer: string) => `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${peer}`

describe('p2p bootstrap check', () => {
  it('dials every entry, and is 0 where one works', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const dead = await refused(await strangerId())
    const lists = bootstrapLists()
    lists.write('lan', `${dead}\n${listener.tcp} # the one that works\n`)
    const { code, stderr, records } = await lists.run(...check, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const attempts = Object.fromEntries(records.flatMap((one) => (one.type === 'attempt' ? [[one.address, one]] : [])))
    expect(attempts).toMatchObject({
      [listener.tcp]: { target: listener.tcp, ok: true, peer: listener.peerId, transport: 'tcp' },
      [dead]: { target: dead, ok: false, tried: true, code: 'unreachable', layer: 'transport' },
    })
    expect(records.at(-1)).toEqual({ type: 'summary', tried: 2, succeeded: 1, failed: 1, notTried: 0 })
  })

  it('prints a table for each entry', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const stranger = await strangerId()
    const lists = bootstrapLists()
    lists.write('lan', `${await refused(stranger)}\n${listener.tcp}\n`)
    const { code, stdout, stderr } = await lists.run(...check)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.match(/^peer {2}.*/gm)).toEqual([`peer  ${stranger}`, `peer  ${listener.peerId}`])
    expect(stdout).toMatch(/ ok +\d+(?:\.\d{3})? ms +\/noise/)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 tried, 1 worked, 1 failed, 0 not tried')
  })

  it('with --require-all is that of the worst entry, and an entry needs one address that works', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const dead = await refused(listener.peerId)
    const dns = await startNameServer({ '_dnsaddr.lan.test': { txt: [`dnsaddr=${dead}`, `dnsaddr=${listener.tcp}`] } })
    const named = `/dnsaddr/lan.test/p2p/${listener.peerId}`
    const all = [...check, '--require-all', '--dns', dns]
    const lists = bootstrapLists()
    lists.write('lan', `${named}\n${listener.tcp}\n`)
    expect((await lists.run(...all)).code).toBe(0)
    lists.write('lan', `${named}\n${listener.tcp}\n${dead}\n`)
    // the entries count, not the peers
    expect((await lists.run(...all)).code).toBe(4)
    const wrong = listener.tcp.replace(listener.peerId, await strangerId())
    lists.write('lan', `${dead}\n${wrong}\n${named}\n`)
    expect((await lists.run(...all)).code).toBe(5)
  })

  it('is the class of the failure where no entry works', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const lists = bootstrapLists()
    lists.write('lan', `${await refused(listener.peerId)}\n`)
    expect((await lists.run(...check)).code).toBe(4)
    lists.write('lan', `${listener.tcp.replace(listener.peerId, await strangerId())}\n`)
    const { code, stdout } = await lists.run(...check)
    expect(code).toBe(5)
    expect(stdout).toContain('wrong peer ID')
  })

  it('gives a silent entry its time, and does not wait for it with the others', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const silent = await tcpServer()
    const lists = bootstrapLists()
    lists.write('lan', `${silent.address}/p2p/${await strangerId()}\n${listener.tcp}\n`)
    const { code, records } = await lists.run(...check, '--json', '--timeout', '2s')
    expect(code).toBe(0)
    expect(records[0]).toMatchObject({ type: 'attempt', address: listener.tcp, ok: true })
    expect(records[1]).toMatchObject({ type: 'attempt', ok: false, code: 'timeout' })
  })

  it.each([
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 143, 'terminated'],
  ] as const)('is left by %s', async (signal, code, name) => {
    const { promise: reached, resolve } = Promise.withResolvers<void>()
    const silent = await tcpServer(() => resolve())
    const lists = bootstrapLists()
    lists.write('lan', `${silent.address}/p2p/${await strangerId()}\n`)
    const running = lists.start(...check, '--json')
    await reached
    const result = await running.stop(signal)
    expect(result.code).toBe(code)
    expect(only(result.records, 'error').error.code).toBe(name)
  })

  it('of an empty list is 4, said at once', async () => {
    const lists = bootstrapLists()
    lists.write('lan', '# nobody\n')
    const { code, records } = await lists.run(...check, '--json')
    expect(code).toBe(4)
    expect(only(records, 'error').error).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('empty'),
    })
  })

  it('of a list that is not there is 7, and of no name 2', async () => {
    expect(await bootstrapLists().run(...check)).toMatchObject({ code: 7, stdout: '' })
    expect(await bootstrapLists().run('bootstrap', 'check', '--list', '.')).toMatchObject({ code: 2, stdout: '' })
  })
})
