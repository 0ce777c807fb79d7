import { connect } from 'node:net'
import type { ConnectionEncrypter } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { plaintext } from '@libp2p/plaintext'
import { describe, expect, it } from 'vitest'
import { cleanUp } from '../support/cleanup.ts'
import { only, type Result, run, start, startShell } from '../support/cli.ts'
import { field, framed, identifyField, varint } from '../support/identify-message.ts'
import { startListener } from '../support/listener.ts'
import { type Peer, startPeer } from '../support/peer.ts'
import { type AnswerLine, answerLines, linePeer, multistreamLine, protocolList, rawPeer } from '../support/raw-peer.ts'
import { type AnyRecord, type RecordOf, scanSummary } from '../support/records.ts'
import { tcpServer } from '../support/servers.ts'

const fast = ['--json', '--rate', '100000']
const identify = '/ipfs/id/1.0.0'
const ofProtocols = (records: AnyRecord[]) =>
  records.filter((record): record is RecordOf<'scanned'> => record.type === 'scanned' && record.layer === 'protocol')

/** Answers identify by these claims, `ls` by `na` and everything else by `answer`. */
const claiming =
  (claims: Array<string | Uint8Array>, answer: AnswerLine = () => 'na'): AnswerLine =>
  (line, stream) => {
    if (line === 'ls') return 'na'
    if (line !== identify) return answer(line, stream)
    const message = Buffer.concat(claims.map((protocol) => field(identifyField.protocols, protocol)))
    return Buffer.concat([multistreamLine(line), framed(message)])
  }

function expectNoTrace(result: Result): void {
  expect(result.stderr).not.toMatch(/^\s+at /m)
  expect(result.code).not.toBe(70)
}

describe('a peer that claims too much', () => {
  it('is asked for 1,000 of 100,000 protocols', async () => {
    const peer = await linePeer(claiming(Array.from({ length: 100_000 }, (_, index) => `/p/${index}`)))
    const result = await run(['scan', ...fast, peer.address])
    expectNoTrace(result)
    expect(result.code).toBe(0)
    const summary = scanSummary(result.records)
    expect(summary).toMatchObject({ claimed: 1000, falseClaims: 1000, untried: 0, unanswered: 0 })
    expect(summary.problems.join()).toMatch(/more than is kept/)
    expect(ofProtocols(result.records).length).toBeLessThanOrEqual(1200)
  })

  it('by ls too, is asked for 1,200 in all', async () => {
    const claims = Array.from({ length: 1000 }, (_, index) => `/p/${index}`)
    const list = protocolList(Array.from({ length: 2000 }, (_, index) => `/l/${index}`))
    const answer = claiming(claims)
    const peer = await linePeer((line, stream) => (line === 'ls' ? list : answer(line, stream)))
    const result = await run(['scan', ...fast, peer.address])
    expect(result.code).toBe(0)
    expect(ofProtocols(result.records)).toHaveLength(1200)
    expect(scanSummary(result.records).problems.join()).toMatch(/\d+ more protocols are claimed/)
  })

  it('and by names that cannot be sent or would change a terminal', async () => {
    const nasty = '/\x1b[31mred\u202e\x07/1'
    const names = ['', 'na', 'ls', '/multistream/1.0.0', '/two\nlines', '/space ', `/${'x'.repeat(3000)}`]
    const peer = await linePeer(claiming([...names, nasty, Buffer.from('2fff', 'hex'), identify], (line) => line))
    const result = await run(['scan', ...fast, peer.address])
    expectNoTrace(result)
    expect(result.code).toBe(0)
    const untried = ofProtocols(result.records).filter((record) => record.elapsedMs === undefined)
    expect(untried).toHaveLength(names.length)
    for (const record of untried) expect(record).toMatchObject({ accepted: false, answered: false, claimed: true })
    expect(scanSummary(result.records).untried).toBe(names.length)
    const text = await run(['scan', '--rate', '100000', peer.address])
    expect(text.code).toBe(0)
    expect(text.stdout).toContain('red')
    expect(text.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  })
})

describe('a peer whose answers are worth nothing', () => {
  it('for it accepts everything, is reported so', async () => {
    const peer = await linePeer((line) => (line === 'ls' ? 'na' : line))
    const result = await run(['scan', ...fast, '--timeout', '2s', '--protocol', '/nobody/9', peer.address])
    expectNoTrace(result)
    expect(result.code).toBe(0)
    for (const record of ofProtocols(result.records)) expect(record).toMatchObject({ accepted: true, claimed: false })
    const summary = scanSummary(result.records)
    expect(summary).toMatchObject({ identified: false, claimed: 0, refused: 0, unclaimed: summary.accepted })
    expect(summary.problems.join()).toMatch(/what it claims is not known: .*no answer|within 2 s/)
  })

  it('for it refuses all that it claims, is reported so', async () => {
    const peer = await linePeer(claiming(['/a/1', '/b/1', '/c/1']))
    const { code, records } = await run(['scan', ...fast, peer.address])
    expect(code).toBe(0)
    expect(scanSummary(records)).toMatchObject({ claimed: 3, confirmed: 0, falseClaims: 3, accepted: 1, unclaimed: 1 })
  })

  it.each<[string, AnswerLine]>([
    ['says nothing', () => undefined],
    ['is a line that never ends', () => Buffer.from([0x7f, 0x61])],
  ])('for its answer to a negotiation %s, is given up with 3', async (_name, answer) => {
    const peer = await linePeer(claiming(['/a/1'], answer))
    const result = await run(['scan', ...fast, '--timeout', '500ms', peer.address])
    expectNoTrace(result)
    expect(result.code).toBe(3)
    const summary = scanSummary(result.records)
    expect(summary).toMatchObject({ unanswered: 3, claimed: 1, confirmed: 0, falseClaims: 0 })
    expect(summary.untried).toBeGreaterThan(0)
    expect(result.records.map((record) => record.type).slice(-2)).toEqual(['summary', 'error'])
    expect(only(result.records, 'error').error.message).toMatch(/3 negotiations in a row/)
  })

  it('for it never says a word on any stream, is given up with 3', async () => {
    const peer = await rawPeer(() => {})
    const result = await run(['scan', ...fast, '--timeout', '500ms', peer.address])
    expect(result.code).toBe(3)
    expect(scanSummary(result.records)).toMatchObject({ accepted: 0, identified: false, listed: false })
    expect(scanSummary(result.records).security).toEqual(['/noise'])
  })

  it('for it refuses every muxer behind one security protocol, has not refused that protocol', async () => {
    const withoutMuxer = (components: Parameters<ReturnType<typeof plaintext>>[0]): ConnectionEncrypter => {
      const inner = plaintext()(components)
      const secureInbound = inner.secureInbound.bind(inner)
      inner.secureInbound = async (connection, options) => {
        const secured = await secureInbound(connection, options)
        answerLines(secured.connection, () => 'na')
        return await new Promise(() => {})
      }
      return inner
    }
    const peer = await startPeer({ encrypters: [noise(), withoutMuxer] })
    const { code, records } = await run(['scan', ...fast, '--security', 'noise,plaintext', peer.address])
    expect(code).toBe(0)
    const found = records.find((record) => record.type === 'scanned' && record.protocol === '/plaintext/2.0.0')
    expect(found).toMatchObject({ accepted: false, answered: false, reason: expect.stringMatching(/no common muxer/) })
    const refused = records.find((record) => record.type === 'scanned' && record.protocol === '/mplex/6.7.0')
    expect(refused).toMatchObject({ accepted: false, answered: true, reason: expect.stringMatching(/no common muxer/) })
  })

  it('for it resets each stream, is scanned to the end', async () => {
    const peer = await rawPeer((stream) => stream.abort(new Error('no')))
    const result = await run(['scan', ...fast, peer.address])
    expectNoTrace(result)
    expect(result.code).toBe(0)
    const summary = scanSummary(result.records)
    expect(summary).toMatchObject({ accepted: 0, refused: 0, untried: 0, identified: false })
    expect(summary.unanswered).toBe(ofProtocols(result.records).length)
    for (const record of ofProtocols(result.records)) expect(record.reason).toMatch(/no stream for/)
  })
})

describe('a peer that hangs up', () => {
  const hangUp = (peer: Peer) => {
    for (const connection of peer.libp2p.getConnections()) connection.abort(new Error('no'))
  }

  it('at each stream, is given up with 6 after a bounded number of connections', async () => {
    let connections = 0
    const peer: Peer = await rawPeer(() => hangUp(peer))
    peer.libp2p.addEventListener('connection:open', () => connections++)
    const result = await run(['scan', ...fast, peer.address])
    expectNoTrace(result)
    expect(result.code).toBe(6)
    expect(scanSummary(result.records)).toMatchObject({ accepted: 0, unanswered: 4, identified: false })
    expect(only(result.records, 'error').error).toMatchObject({ code: 'protocol', layer: 'connection' })
    expect(connections).toBeLessThan(20)
  })

  it('after each answer, is given up with 6 after a bounded number of connections', async () => {
    let connections = 0
    const peer: Peer = await linePeer(
      claiming([], (line) => {
        setImmediate(() => hangUp(peer))
        return line
      }),
    )
    peer.libp2p.addEventListener('connection:open', () => connections++)
    const result = await run(['scan', ...fast, peer.address])
    expectNoTrace(result)
    expect(result.code).toBe(6)
    const summary = scanSummary(result.records)
    expect(summary.accepted).toBeGreaterThan(5)
    expect(summary.untried).toBeGreaterThan(0)
    expect(summary.problems.join()).toMatch(/given up/)
    expect(connections).toBeLessThanOrEqual(30)
  })

  it('once, is scanned to the end on another connection', async () => {
    let asked = 0
    const peer: Peer = await linePeer(
      claiming([identify], () => {
        if (++asked === 5) hangUp(peer)
        return 'na'
      }),
    )
    const result = await run(['scan', ...fast, peer.address])
    expect(result.code).toBe(0)
    expect(scanSummary(result.records)).toMatchObject({ unanswered: 0, untried: 0, confirmed: 1, problems: [] })
  })

  it('and comes back as somebody else, is not taken for the one that was scanned', async () => {
    const other = await startPeer()
    const peer: Peer = await linePeer(claiming([identify]))
    const ports = [peer, other].map(({ address }) => Number(/\/tcp\/(\d+)/.exec(address)?.[1]))
    const proxy = await tcpServer((client) => {
      const server = connect(ports[proxy.connections.length === 1 ? 0 : 1] ?? 0, '127.0.0.1')
      server.on('error', () => client.destroy())
      client.pipe(server).pipe(client)
    })
    const result = await run(['scan', ...fast, proxy.address])
    expect(result.code).toBe(0)
    const others = result.records.filter((record) => record.type === 'scanned' && record.layer !== 'protocol')
    for (const record of others) expect(record).toMatchObject({ accepted: false, peer: peer.peerId })
    expect(others[0]).toMatchObject({ answered: false, reason: expect.stringContaining(other.peerId) })
  })

  it('and is gone for good, ends the scan with 4 and its summary', async () => {
    let asked = 0
    const peer: Peer = await linePeer(
      claiming([identify], () => {
        if (++asked === 5) void peer.libp2p.stop()
        return 'na'
      }),
    )
    const result = await run(['scan', ...fast, peer.address])
    expectNoTrace(result)
    expect(result.code).toBe(4)
    expect(result.records.map((record) => record.type).slice(-2)).toEqual(['summary', 'error'])
    expect(scanSummary(result.records).untried).toBeGreaterThan(10)
  })
})

describe('an answer to ls that is none', () => {
  it.each<[string, Uint8Array]>([
    ['garbage', Buffer.alloc(2000, 0xff)],
    ['a length of 1 GiB', Buffer.concat([varint(2 ** 30), Buffer.alloc(1000)])],
    ['a list of 64 KiB that is cut short', Buffer.concat([varint(65_536), Buffer.alloc(1000, 0x41)])],
    ['a list with a wrong length', framed(Buffer.from([0x20, 0x2f, 0x61, 0x0a, 0x0a]))],
    ['a list that is not UTF-8', framed(Buffer.from([0x03, 0x2f, 0xff, 0x0a, 0x0a]))],
    ['an empty message', framed(new Uint8Array(0))],
  ])('%s is a problem, and nothing more', async (_name, bytes) => {
    const answer = claiming([identify])
    const peer = await linePeer((line, stream) => (line === 'ls' ? bytes : answer(line, stream)))
    const result = await run(['scan', ...fast, '--timeout', '1s', peer.address])
    expectNoTrace(result)
    expect(result.code).toBe(0)
    const summary = scanSummary(result.records)
    expect(summary).toMatchObject({ listed: false, identified: true, confirmed: 1, untried: 0 })
    expect(summary.problems).toEqual([expect.stringMatching(/\bls\b/)])
  })

  it('lines without an end are not kept', async () => {
    const answer = claiming([identify])
    const chunk = Buffer.concat(Array.from({ length: 1000 }, (_, index) => multistreamLine(`/endless/${index}`)))
    const peer = await linePeer((line, stream) => {
      if (line !== 'ls') return answer(line, stream)
      const more = () => {
        while (stream.writeStatus === 'writable' && stream.send(chunk));
      }
      stream.addEventListener('drain', more)
      more()
      return undefined
    })
    const result = await run(['scan', ...fast, '--timeout', '5s', peer.address])
    expectNoTrace(result)
    expect(result.code).toBe(0)
    expect(scanSummary(result.records)).toMatchObject({ listed: false, identified: true, claimed: 1 })
    expect(result.stdout).not.toContain('/endless/')
  })
})

describe('the end of a scan that is not over', () => {
  it.each([
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 143, 'terminated'],
  ] as const)('by %s: the summary, then %i', async (signal, code, name) => {
    const listener = await startListener(['--transport', 'tcp'])
    const running = start(['scan', '--json', '--rate', '5', listener.tcp])
    await running.record('scanned', ({ layer }) => layer === 'protocol')
    const result = await running.stop(signal)
    expect(result).toMatchObject({ code, signal: null, stderr: '' })
    expect(result.records.map((record) => record.type).slice(-2)).toEqual(['summary', 'error'])
    expect(scanSummary(result.records).untried).toBeGreaterThan(0)
    expect(only(result.records, 'error').error.code).toBe(name)
  })

  it('by Ctrl-C of a person: the summary, and no trace', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const running = start(['scan', '--rate', '5', listener.tcp])
    await running.line(/protocol +accepted/)
    const result = await running.stop()
    expect(result).toMatchObject({ code: 130, stderr: '' })
    expect(result.stdout).toMatch(/^protocols .* not tried$/m)
  })

  it.each([
    ['security protocols', 1, { security: undefined, muxers: undefined }, /^security +not all tried\nmuxers +not all/m],
    ['muxers', 2, { security: ['/noise'], muxers: undefined }, /^security +\/noise\nmuxers +not all tried$/m],
  ])('by Ctrl-C among the %s: what was not tried is not said to be none', async (_layer, answered, whole, text) => {
    const listener = await startListener(['--transport', 'tcp'])
    const port = Number(listener.tcp.split('/')[4])
    for (const flag of ['--json', '--color=never']) {
      const { promise: asked, resolve } = Promise.withResolvers<void>()
      const server = await tcpServer((socket) => {
        if (server.connections.length > answered) return socket.once('data', () => resolve())
        const behind = connect(port, '127.0.0.1')
        cleanUp(() => behind.destroy())
        behind.on('error', () => {})
        return socket.pipe(behind).pipe(socket)
      })
      const running = start(['scan', flag, '--security', 'noise', `${server.address}/p2p/${listener.peerId}`])
      await asked
      const result = await running.stop()
      expect(result.code).toBe(130)
      if (flag === '--json') {
        const { security, muxers } = scanSummary(result.records)
        expect({ security, muxers }).toEqual(whole)
      } else {
        expect(result.stdout).toMatch(text)
        expect(result.stdout).toMatch(/^protocols +none tried\nproblems/m)
      }
    }
  })

  it('by Ctrl-C while a negotiation is not answered', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    const peer = await linePeer(claiming([identify], () => resolve() as undefined))
    const running = start(['scan', '--json', peer.address])
    await asked
    const result = await running.stop()
    expect(result.code).toBe(130)
    expect(scanSummary(result.records).identified).toBe(true)
  })

  it('by Ctrl-C before the peer was reached: no summary', async () => {
    const { promise: dialled, resolve } = Promise.withResolvers<void>()
    const server = await tcpServer((socket) => socket.once('data', () => resolve()))
    const running = start(['scan', '--json', server.address])
    await dialled
    const result = await running.stop()
    expect(result).toMatchObject({ code: 130, stderr: '' })
    expect(result.records.map((record) => record.type)).toEqual(['error'])
  })

  it('by a reader that has read enough is 0', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const result = await startShell('p2p scan --json --rate 5 "$1" | head -1; echo "${PIPESTATUS[0]}"', [listener.tcp])
      .exited
    expect(result.stdout.trimEnd().split('\n').at(-1)).toBe('0')
    expect(result.stderr).toBe('')
  })
})
