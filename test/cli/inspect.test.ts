import { readFileSync, statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { only, run, scratchPath, start } from '../support/cli.ts'
import { countingProxy } from '../support/counting-proxy.ts'
import { startListener } from '../support/listener.ts'
import { startNameServer } from '../support/name-server.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'
import { swarmKeyFile } from '../support/swarm-key.ts'
import { details, everyEvent, nameOf, readTrace } from '../support/trace.ts'

const portOf = (address: string) => Number(/\/tcp\/(\d+)/.exec(address)?.[1])

const stacks = [
  ['tcp, noise, yamux', 'tcp', 'noise', 'yamux', '/noise', '/yamux/1.0.0'],
  ['tcp, tls, mplex', 'tcp', 'tls', 'mplex', '/tls/1.0.0', '/mplex/6.7.0'],
  ['tcp, plaintext, yamux', 'tcp', 'plaintext', 'yamux', '/plaintext/2.0.0', '/yamux/1.0.0'],
  ['ws, noise, yamux', 'ws', 'noise', 'yamux', '/noise', '/yamux/1.0.0'],
] as const

describe('p2p ping -c 1 --inspect all', () => {
  test.each(stacks)(
    'shows every layer in causal order: %s',
    async (_name, transport, security, muxer, wire, frames) => {
      const flags = ['--transport', transport, '--security', security, '--muxer', muxer]
      const listener = await startListener(flags)
      const result = await run(['ping', '-c', '1', '--json', '--inspect', 'all', ...flags, listener[transport]])
      expect(result.code).toBe(0)
      expect(result.records.map(({ type }) => type)).toEqual(['pong', 'summary'])

      const trace = readTrace(result.stderr)
      expect(details(trace, 'security line-sent', 'line')).toEqual(['/multistream/1.0.0', wire])
      expect(details(trace, 'security line-received', 'line')).toEqual(['/multistream/1.0.0', wire])
      expect(details(trace, 'stream line-sent', 'line')).toEqual(['/multistream/1.0.0', '/ipfs/ping/1.0.0'])
      expect(details(trace, 'stream line-received', 'line')).toEqual(['/multistream/1.0.0', '/ipfs/ping/1.0.0'])
      expect(details(trace, 'muxer negotiated', 'protocol')).toEqual([frames])
      expect(details(trace, 'muxer negotiated', 'early')).toEqual([security !== 'plaintext'])
      expect(details(trace, 'muxer line-sent', 'line')).toEqual(
        security === 'plaintext' ? ['/multistream/1.0.0', frames] : [],
      )
      expect(details(trace, 'security handshake-finished', 'peer')).toEqual([listener.peerId])
      expect(details(trace, 'protocol message-received', 'message')).toEqual(
        details(trace, 'protocol message-sent', 'message'),
      )
      inOrder(trace.map(nameOf), [
        'identity loaded',
        'address candidates-listed',
        'transport dial-started',
        'transport connected',
        'transport chunk-sent',
        'security line-sent',
        'transport chunk-received',
        'security protocol-selected',
        'security handshake-started',
        'security handshake-finished',
        'muxer negotiated',
        'connection opened',
        'muxer stream-opened',
        'stream line-sent',
        'muxer frame-received',
        'stream negotiated',
        'stream first-byte-sent',
        'protocol message-sent',
        'stream first-byte-received',
        'protocol message-received',
        'stream half-closed',
        'connection closed',
        'connection bytes-counted',
      ])
      const ofConnection = trace.filter(({ layer }) => layer !== 'identity' && layer !== 'address')
      expect(new Set(ofConnection.map(({ connection }) => connection))).toEqual(new Set(['c1']))
    },
  )

  test('shows what QUIC lets be seen', async () => {
    const listener = await startListener(['--transport', 'quic'])
    const result = await run(['ping', '-c', '1', '--json', '--inspect', 'all', listener.quic])
    const trace = readTrace(result.stderr)
    expect(details(trace, 'security handshake-finished', 'protocol')).toEqual(['quic-tls'])
    expect(details(trace, 'stream line-received', 'line')).toEqual(['/multistream/1.0.0', '/ipfs/ping/1.0.0'])
    inOrder(trace.map(nameOf), [
      'identity loaded',
      'address candidates-listed',
      'transport dial-started',
      'transport connected',
      'security handshake-finished',
      'muxer negotiated',
      'connection opened',
      'muxer stream-opened',
      'stream negotiated',
      'protocol message-sent',
      'protocol message-received',
      'connection bytes-counted',
    ])
    const [bytes] = trace.filter((event) => nameOf(event) === 'connection bytes-counted')
    expect(bytes?.detail).toEqual({
      wire: { sent: expect.any(Number), received: expect.any(Number) },
      streams: { sent: 70, received: 70 },
      protocols: { sent: 32, received: 32 },
    })
  })
})

describe('the bytes of a connection', () => {
  test.each(['tcp', 'ws'] as const)(
    'add up, and on the wire to what the socket carried, over %s',
    async (transport) => {
      const listener = await startListener(['--transport', transport, '--echo', '--inspect', 'connection'])
      const proxy = await countingProxy(portOf(listener[transport]))
      const address = listener[transport].replace(/\/tcp\/\d+/, `/tcp/${proxy.port}`)
      const input = Buffer.alloc(300_000, 7)
      const args = ['dial', '--json', '--inspect', 'connection', '--protocol', '/echo/1.0.0', address]
      const result = await run(args, { input, raw: true })
      expect(result.code).toBe(0)
      const ours = bytesIn(result.stderr)
      expect(ours.wire).toEqual({ sent: proxy.counts.fromClient, received: proxy.counts.toClient })
      expect(ours.protocols).toEqual({ sent: input.length, received: input.length })
      for (const direction of ['sent', 'received'] as const) {
        const sums = [ours.wire, ours.transport, ours.secured, ours.streams, ours.protocols].map(
          (it) => it?.[direction] ?? 0,
        )
        expect(sums).toEqual(sums.toSorted((a, b) => b - a))
      }
      if (transport === 'tcp') expect(ours.transport).toEqual(ours.wire)

      await listener.running.until(() => listener.running.stderr.includes('bytes-counted'))
      const theirs = bytesIn(listener.running.stderr)
      const mirrored = (count?: { sent: number; received: number }) =>
        count && { sent: count.received, received: count.sent }
      expect(theirs.streams).toEqual(mirrored(ours.streams))
      expect(theirs.secured).toEqual(mirrored(ours.secured))
    },
  )
})

describe('a failure is the last event, at the layer that the error names', () => {
  const failing = async (args: string[]) => {
    const result = await run(['dial', '--json', '--inspect', 'all', '--timeout', '5s', ...args])
    const { error } = only(
      result.records.filter(({ type }) => type === 'error'),
      'error',
    )
    const last = readTrace(onlyEvents(result.stderr)).at(-1)
    expect(last).toMatchObject({
      layer: error.layer,
      type: 'failed',
      detail: { code: error.code, message: error.message },
    })
    return error
  }

  test('transport: nobody listens', async () => {
    const error = await failing([`/ip4/127.0.0.1/tcp/${await refusedPort()}`])
    expect(error).toMatchObject({ layer: 'transport', code: 'unreachable' })
  })

  test('security: none in common', async () => {
    const listener = await startListener(['--transport', 'tcp', '--security', 'tls'])
    expect(await failing(['--security', 'noise', listener.tcp])).toMatchObject({ layer: 'security', code: 'security' })
  })

  test('muxer: none in common', async () => {
    const listener = await startListener(['--transport', 'tcp', '--muxer', 'yamux'])
    expect(await failing(['--muxer', 'mplex', listener.tcp])).toMatchObject({ layer: 'muxer', code: 'protocol' })
  })

  test('protocol: not spoken', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const args = ['dial', '--json', '--inspect', 'all', '--protocol', '/nobody/speaks/this', listener.tcp]
    const result = await run(args, { raw: true })
    const lines = result.stderr.split('\n').filter((line) => line.startsWith('{'))
    const last = readTrace(onlyEvents(result.stderr)).at(-1)
    expect(last).toMatchObject({ layer: 'protocol', type: 'failed' })
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'error', error: { layer: 'protocol', exitCode: 6 } })
  })

  test('address: an unknown name', async () => {
    const dns = await startNameServer({})
    const error = await failing(['--dns', dns, '/dns4/no.such.host.test/tcp/1'])
    expect(error).toMatchObject({ layer: 'address', code: 'unreachable' })
  })

  test.each([
    ['none', []],
    ['another', ['--psk', 'another']],
  ])('a pre-shared key against %s is a mismatch, not a time-out', async (_name, flags) => {
    const listener = await startListener([
      '--transport',
      'tcp',
      ...flags.map((flag) => (flag === 'another' ? swarmKeyFile() : flag)),
    ])
    const error = await failing(['--psk', swarmKeyFile(), listener.tcp])
    expect(error).toMatchObject({ layer: 'security', code: 'security', exitCode: 5 })
    expect(error.message).toContain('PSK mismatch likely')
  })
})

describe('what is asked for', () => {
  test('only the layers that are named are shown', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const result = await run(['ping', '-c', '1', '--json', '--inspect', 'security,stream', listener.tcp])
    expect(new Set(readTrace(result.stderr).map(({ layer }) => layer))).toEqual(new Set(['security', 'stream']))
  })

  test('by the environment', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const options = { env: { P2P_INSPECT: 'identity' } }
    const result = await run(['ping', '-c', '1', '--json', listener.tcp], options)
    expect(readTrace(result.stderr).map(nameOf)).toEqual(['identity loaded'])
  })

  test('a layer that there is not is 2', async () => {
    const result = await run(['ping', '--inspect', 'frobnication', '/ip4/127.0.0.1/tcp/1'])
    expect(result.code).toBe(2)
    expect(result.stderr).toContain('frobnication')
  })

  test('as a readable trace, one event a line', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const result = await run(['ping', '-c', '1', '--inspect', 'security', listener.tcp])
    expect(result.stdout).toMatch(/^pong from /)
    expect(result.stderr.trim().split('\n')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^ +\d+\.\d{3} ms {2}c1 +security +line-sent \/noise$/)]),
    )
  })

  test('into a file, and nowhere else', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const file = scratchPath('trace.ndjson')
    const result = await run(['ping', '-c', '1', '--inspect-file', file, listener.tcp])
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const trace = readTrace(readFileSync(file, 'utf8'))
    expect(new Set(trace.map(({ layer }) => layer)).size).toBe(8)
    expect(nameOf(trace.at(-1) ?? expect.unreachable())).toBe('connection bytes-counted')
  })

  test('the file of a command that is interrupted is whole', async () => {
    const file = scratchPath('trace.ndjson')
    const running = start(['listen', '--json', '--transport', 'tcp', '--inspect-file', file])
    const { addresses } = await running.record('listening')
    await run(['ping', '-c', '1', addresses[0] ?? ''])
    expect((await running.stop('SIGINT')).code).toBe(0)
    expect(readTrace(readFileSync(file, 'utf8')).map(nameOf)).toContain('connection bytes-counted')
  })

  test('a file that cannot be written is 7, and nothing is dialled', async () => {
    const server = await tcpServer()
    const result = await run(['dial', '--json', '--inspect-file', '/nonexistent/trace', server.address])
    expect(result.code).toBe(7)
    expect(only(result.records, 'error').error.message).toContain('/nonexistent/trace')
    expect(server.connections).toHaveLength(0)
  })

  test('what a stranger says reaches the terminal without its escapes', async () => {
    const line = Buffer.from('/evil\x1b[2J\u202e\n')
    const said = Buffer.concat([Buffer.from('\x13/multistream/1.0.0\n'), Buffer.from([line.length]), line])
    const server = await tcpServer((socket) => socket.write(said))
    const result = await run(['dial', '--inspect', 'security', '--timeout', '2s', server.address])
    expect(result.stderr).toContain('/evil\\u{1b}[2J\\u{202e}')
  })
})

test('every event of the table is seen', async () => {
  const psk = swarmKeyFile()
  const dns = await startNameServer({ 'host.test': { a: ['127.0.0.1'] } })
  const seen = new Set<string>()
  const watch = (text: string) => {
    for (const event of readTrace(onlyEvents(text))) seen.add(nameOf(event))
  }
  const dial = async (...args: string[]) => {
    watch((await run(['dial', '--json', '--inspect', 'all', '--timeout', '5s', ...args], { raw: true })).stderr)
  }
  const offered = ['--transport', 'tcp', '--security', 'noise,tls,plaintext']
  const open = start(['listen', '--json', '--inspect', 'all', ...offered])
  const [address = ''] = (await open.record('listening')).addresses
  const closed = await startListener(['--transport', 'tcp', '--psk', psk])
  const picky = start([
    ...['listen', '--json', '--inspect', 'all', '--transport', 'tcp', '--security', 'plaintext', '--muxer', 'mplex'],
    ...['--allow-peer', await strangerId()],
  ])
  const [pickyAddress = ''] = (await picky.record('listening')).addresses

  await dial('--dns', dns, address.replace('/ip4/127.0.0.1', '/dns4/host.test'))
  await dial('--dns', dns, '/dns4/no.such.host.test/tcp/1')
  await dial('--transport', 'tcp', '/ip4/127.0.0.1/udp/1/quic-v1', address)
  await dial('--security', 'plaintext', address)
  watch((await run(['ping', '-c', '1', '--json', '--inspect', 'all', address])).stderr)
  await dial('--protocol', '/nobody/speaks/this', address)
  await dial('--psk', psk, closed.tcp)
  await dial('--security', 'plaintext', '--muxer', 'yamux', pickyAddress)
  await dial('--security', 'plaintext', '--muxer', 'mplex', pickyAddress)
  await dial('--security', 'tls', pickyAddress)
  await dial(`/ip4/127.0.0.1/tcp/${await refusedPort()}`)
  watch((await open.stop()).stderr)
  watch((await picky.stop()).stderr)

  // an identity cannot fail here, a stream only by chance, and there is no DHT and no pub/sub yet
  const elsewhere = ['identity failed', 'stream failed', 'routing failed', 'pubsub failed']
  expect(everyEvent.filter((name) => !seen.has(name))).toEqual(elsewhere)
})

function inOrder(names: string[], expected: string[]): void {
  let at = -1
  for (const name of expected) {
    const next = names.indexOf(name, at + 1)
    expect(next, `${name} after ${names[at] ?? 'the start'}: ${names.join(', ')}`).toBeGreaterThan(at)
    at = next
  }
}

function onlyEvents(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => line.includes('"layer":') && line.includes('"atMs":'))
    .join('\n')
}

interface Count {
  sent: number
  received: number
}

function bytesIn(stderr: string): Partial<Record<'wire' | 'transport' | 'secured' | 'streams' | 'protocols', Count>> {
  const [line = ''] = stderr.split('\n').filter((text) => text.includes('"bytes-counted"'))
  return JSON.parse(line).detail
}
