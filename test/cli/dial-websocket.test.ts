import { describe, expect, it } from 'vitest'
import { only, run } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { startNameServer } from '../support/name-server.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

/** An address whose path is no part of a WebSocket URL: it begins with a fragment. */
const unusable = async (port?: number) => `/ip4/127.0.0.1/tcp/${port ?? (await refusedPort())}/ws/http-path/a%23b`

describe('a WebSocket address that makes no URL', () => {
  it('is unreachable, and nothing is sent', async () => {
    const server = await tcpServer()
    const address = await unusable(server.port)
    const { code, records } = await run(['dial', '--json', address])
    expect(code).toBe(4)
    expect(only(records, 'error').error).toMatchObject({
      code: 'unreachable',
      layer: 'transport',
      message: expect.stringContaining('no WebSocket can be opened'),
      addresses: [{ address, code: 'unreachable' }],
    })
    expect(server.connections).toHaveLength(0)
  })

  it('fails for itself alone, while another target is dialled', async () => {
    const slow = await tcpServer()
    const address = await unusable()
    const { code, records } = await run(['dial', '--json', '--timeout', '1s', address, slow.address])
    expect(code).toBe(4)
    expect(records).toHaveLength(2)
    expect(records).toMatchObject([
      { type: 'error', input: address, error: { code: 'unreachable' } },
      { type: 'error', input: slow.address, error: { code: 'timeout' } },
    ])
  })

  it('keeps no other record of a dnsaddr from being dialled', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const planted = `${await unusable()}/p2p/${listener.peerId}`
    const txt = [planted, listener.tcp].map((address) => `dnsaddr=${address}`)
    const dns = await startNameServer({ '_dnsaddr.peer.test': { txt } })
    const args = ['dial', '--json', '--transport', 'ws,tcp', '--dns', dns, `/dnsaddr/peer.test/p2p/${listener.peerId}`]
    const { code, records } = await run(args)
    expect(code).toBe(0)
    expect(only(records, 'dialed').address).toBe(listener.tcp)
  })
})
