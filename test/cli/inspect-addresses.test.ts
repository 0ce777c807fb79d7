import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { run, scratchPath } from '../support/cli.ts'
import { type Listener, startListener } from '../support/listener.ts'
import { startNameServer } from '../support/name-server.ts'
import { strangerId } from '../support/peer.ts'
import { details, nameOf, readTrace, type TraceEvent } from '../support/trace.ts'

const dropped = (trace: TraceEvent[]) =>
  trace.filter((event) => nameOf(event) === 'address address-dropped').map(({ detail }) => detail)

describe('the addresses behind a dnsaddr', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener(['--transport', 'tcp'])
  })
  const tooLong = `dnsaddr=/ip4/127.0.0.1/tcp/1/http-path/${'x'.repeat(3000)}`

  it.each([[[]], [['--each']]])(
    'are shown with %j: each candidate, and each that is dropped with the reason',
    async (flags) => {
      const webrtc = `/ip4/127.0.0.1/udp/9/webrtc-direct/p2p/${listener.peerId}`
      const ofOther = `dnsaddr=/ip4/127.0.0.1/tcp/1/p2p/${await strangerId()}`
      const loop = `/dnsaddr/peer.test/p2p/${listener.peerId}`
      const txt = [
        ofOther,
        'dnsaddr=/nonsense/1',
        'v=spf1 -all',
        tooLong,
        `dnsaddr=${webrtc}`,
        `dnsaddr=${listener.tcp}`,
      ]
      const dns = await startNameServer({ '_dnsaddr.peer.test': { txt: [...txt, `dnsaddr=${loop}`] } })
      const args = ['dial', '--json', ...flags, '--inspect', 'address', '--dns', dns, loop]
      const { code, stderr } = await run(args)
      expect(code).toBe(0)
      const trace = readTrace(stderr)
      expect(details(trace, 'address candidates-listed', 'addresses')).toEqual([[webrtc, listener.tcp]])
      expect(dropped(trace)).toEqual([
        { address: loop, code: 'loop', reason: expect.stringContaining('loop') },
        { address: ofOther, code: 'other-peer', reason: 'of another peer' },
        { address: 'dnsaddr=/nonsense/1', code: 'not-a-multiaddr', reason: expect.stringContaining('nonsense') },
        { address: 'v=spf1 -all', code: 'not-dnsaddr', reason: 'not a dnsaddr record' },
        { address: expect.stringMatching(/^.{2048}…$/), code: 'too-long', reason: 'longer than 2048 characters' },
        { address: webrtc, code: 'unreachable', reason: expect.stringContaining('no transport') },
      ])
    },
  )

  it('are not called late where another was faster', async () => {
    const more = [1, 2].map((port) => `/ip4/127.0.0.1/tcp/${port}/p2p/${listener.peerId}`)
    const { code, stderr } = await run(['dial', '--json', '--inspect', 'address', listener.tcp, ...more])
    expect(code).toBe(0)
    for (const { code, reason } of dropped(readTrace(stderr))) {
      expect({ code, reason }).toEqual({ code: 'not-needed', reason: 'another address was faster' })
    }
  })
})

describe('p2p maddr resolve', () => {
  const zone = { 'peer.test': { a: ['127.0.0.1'] } }
  const look = async (...args: string[]) => {
    const dns = await startNameServer(zone)
    return await run(['maddr', 'resolve', '--json', '--dns', dns, ...args], { raw: true })
  }

  it.each([[[]], [['--check']]])('shows with %j what a name server said', async (flags) => {
    const { stderr } = await look(...flags, '--inspect', 'all', '/dns4/peer.test/tcp/1', '/dns4/gone.test/tcp/1')
    const trace = readTrace(stderr)
    expect(details(trace, 'address name-resolved', 'found')).toEqual([['127.0.0.1']])
    expect(details(trace, 'address name-failed', 'name')).toEqual(['gone.test'])
    expect(trace.map(nameOf).includes('transport dial-started')).toBe(flags.length > 0)
  })

  it('writes it into a file, even where there is nothing to look up', async () => {
    const file = scratchPath('trace.ndjson')
    expect((await look('--inspect-file', file, '/dns4/peer.test/tcp/1')).code).toBe(0)
    expect(readTrace(readFileSync(file, 'utf8')).map(nameOf)).toEqual(['address name-resolved'])
    expect((await look('--inspect-file', file, '/ip4/127.0.0.1/tcp/1')).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('')
  })

  it('is 7 where that file cannot be written, and asks nobody', async () => {
    const { code, stdout } = await look('--inspect-file', '/nonexistent/trace', '/dns4/peer.test/tcp/1')
    expect(code).toBe(7)
    expect(stdout).not.toContain('resolved')
  })
})

it('p2p scan shows the connections by which it tries the layers', async () => {
  const listener = await startListener(['--transport', 'tcp'])
  const args = ['scan', '--json', '--rate', '1000', '--security', 'noise,tls', '--inspect', 'transport,security']
  const { code, stderr } = await run([...args, listener.tcp])
  expect(code).toBe(0)
  const trace = readTrace(stderr)
  // the first, one for each security protocol, and one for each muxer
  expect(details(trace, 'transport dial-started', 'address')).toHaveLength(5)
  expect(details(trace, 'security handshake-started', 'protocol')).toEqual([
    '/noise',
    '/noise',
    '/tls/1.0.0',
    '/noise',
    '/noise',
  ])
})
