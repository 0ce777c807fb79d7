import { describe, expect, it } from 'vitest'
import { bootstrapLists } from '../support/bootstrap-list.ts'
import { only } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { startNameServer } from '../support/name-server.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

const discover = ['discover', 'bootstrap', '--list', 'lan']
const refused = async (peer: string) => `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${peer}`

describe('p2p discover bootstrap', () => {
  it('tells each peer that answers once, with the address that worked, then what it came to', async () => {
    const listeners = [await startListener(), await startListener(['--transport', 'tcp'])]
    const addresses = listeners.flatMap((listener) => listener.addresses)
    const lists = bootstrapLists()
    lists.write('lan', [...addresses, await refused(await strangerId()), ''].join('\n'))
    const { code, stderr, records } = await lists.run(...discover, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const found = records.filter((record) => record.type === 'discovered')
    expect(found.map(({ peer }) => peer).toSorted()).toEqual(listeners.map(({ peerId }) => peerId).toSorted())
    for (const { peer, addresses: places, via } of found) {
      expect(via).toBe('bootstrap')
      expect(places).toHaveLength(1)
      expect(addresses.filter((address) => address.endsWith(peer))).toContain(places[0])
    }
    expect(records.at(-1)).toMatchObject({
      type: 'summary',
      via: 'bootstrap',
      asked: 3,
      found: 2,
      failed: 1,
      complete: true,
    })
  })

  it('prints a line for each', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const lists = bootstrapLists()
    lists.write('lan', `${listener.tcp}\n`)
    const { code, stdout, stderr } = await lists.run(...discover)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [line, summary] = stdout.split('\n')
    expect(line).toMatch(new RegExp(`^[0-9T:.-]+Z  bootstrap  ${listener.peerId}  /ip4/127\\.0\\.0\\.1/tcp/\\d+$`))
    expect(summary).toMatch(/^1 peer asked, 1 found, 0 failed; \d+(?:\.\d{3})? ms$/)
  })

  it('finds a peer behind a name', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const dns = await startNameServer({ '_dnsaddr.lan.test': { txt: [`dnsaddr=${listener.tcp}`] } })
    const lists = bootstrapLists()
    lists.write('lan', `/dnsaddr/lan.test/p2p/${listener.peerId}\n`)
    const { code, records } = await lists.run(...discover, '--json', '--dns', dns)
    expect(code).toBe(0)
    expect(only(records, 'discovered').addresses).toEqual([listener.tcp])
  })

  it('tells a peer while others are silent, and ends with 0 at its limit', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const silent = await tcpServer()
    const lists = bootstrapLists()
    lists.write('lan', `${silent.address}/p2p/${await strangerId()}\n${listener.tcp}\n`)
    const { code, records } = await lists.run(...discover, '--json', '--for', '5s')
    expect(code).toBe(0)
    expect(only(records, 'discovered').peer).toBe(listener.peerId)
    expect(records.at(-1)).toMatchObject({ type: 'summary', asked: 2, found: 1, failed: 0, complete: false })
    lists.write('lan', `${silent.address}/p2p/${await strangerId()}\n`)
    const nobody = await lists.run(...discover, '--for', '1s')
    expect(nobody.code).toBe(0)
    expect(nobody.stdout).toMatch(/^1 peer asked, 0 found, 0 failed, 1 not waited for; /)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 and its summary on %s', async (signal) => {
    const listener = await startListener(['--transport', 'tcp'])
    const { promise: reached, resolve } = Promise.withResolvers<void>()
    const silent = await tcpServer(() => resolve())
    const lists = bootstrapLists()
    lists.write('lan', `${silent.address}/p2p/${await strangerId()}\n${listener.tcp}\n`)
    const running = lists.start(...discover, '--json')
    await Promise.all([reached, running.record('discovered')])
    const { code, records } = await running.stop(signal)
    expect(code).toBe(0)
    expect(records.map(({ type }) => type)).toEqual(['discovered', 'summary'])
  })

  it('is the class of the failure where every peer was tried in vain', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const silent = await tcpServer()
    const dead = await refused(await strangerId())
    const late = `${silent.address}/p2p/${await strangerId()}`
    const wrong = listener.tcp.replace(listener.peerId, await strangerId())
    const lists = bootstrapLists()
    for (const [content, expected] of [
      [[dead], 4],
      [[dead, late], 3],
      [[dead, wrong], 5],
    ] as const) {
      lists.write('lan', content.join('\n'))
      const { code, records } = await lists.run(...discover, '--json', '--timeout', '2s')
      expect(code).toBe(expected)
      expect(records.map(({ type }) => type)).toEqual(['summary', 'error'])
      const { addresses } = only(records, 'error').error
      expect(addresses.map(({ address }) => address).toSorted()).toEqual([...content].toSorted())
    }
  })

  it('shows what is not a libp2p peer without its escape sequences', async () => {
    const server = await tcpServer((socket) => socket.write('\x1b[2J\x1b]0;owned\x07 hello'))
    const lists = bootstrapLists()
    lists.write('lan', `${server.address}/p2p/${await strangerId()}\n`)
    for (const flags of [[], ['--json']]) {
      const { code, stdout, stderr } = await lists.run(...discover, ...flags)
      expect(code).toBe(6)
      expect(stdout + stderr).not.toMatch(/\x1b|\x07/)
    }
  })

  it('of an empty list is 4, of one that is not there 7', async () => {
    const lists = bootstrapLists()
    expect(await lists.run(...discover)).toMatchObject({ code: 7, stdout: '' })
    lists.write('lan', '\n')
    expect(await lists.run(...discover)).toMatchObject({ code: 4, stdout: '' })
  })
})
