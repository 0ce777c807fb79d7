import type { Stream } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { only, run, start } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { peerAnswering, relayedPeer } from '../support/peers.ts'

const protocol = '/ipfs/ping/1.0.0'

/** Sends back what comes, and calls `then` after each pong with their number. */
function echoing(then: (pongs: number, stream: Stream) => void = () => {}) {
  return (stream: Stream) => {
    let pongs = 0
    stream.addEventListener('message', ({ data }) => {
      // a ping may cross the farewell of this side
      if (stream.writeStatus !== 'writable') return
      stream.send(data.subarray())
      then(++pongs, stream)
    })
    stream.addEventListener('end', () => void stream.close())
  }
}

const ping = (address: string, count: number, flags: string[] = ['-i', '1ms']) =>
  run(['ping', '--json', '-c', `${count}`, ...flags, address])

describe('p2p ping against another peer', () => {
  it('gets pongs of libp2p’s own modules', async () => {
    const { address, peer } = await peerAnswering(protocol, echoing())
    const { code, records } = await ping(address, 3)
    expect(code).toBe(0)
    expect(only(records, 'summary')).toMatchObject({ peer: peer.peerId.toString(), transmitted: 3, received: 3 })
  })

  it.each([
    ['ends', (stream: Stream) => void stream.close()],
    ['resets', (stream: Stream) => stream.abort(new Error('as the stock listener does after 10 s'))],
  ])('opens a new stream when the other side %s the old one', async (_name, finish) => {
    let streams = 0
    const { address } = await peerAnswering(protocol, (stream) => {
      streams++
      echoing((pongs) => pongs === 2 && finish(stream))(stream)
    })
    const { code, records } = await ping(address, 7)
    expect(code).toBe(0)
    expect(only(records, 'summary')).toMatchObject({ transmitted: 7, received: 7 })
    expect(streams).toBeGreaterThanOrEqual(4)
  })

  it('connects again when the other side closes the connection', async () => {
    const { address, peer } = await peerAnswering(
      protocol,
      echoing((pongs) => {
        if (pongs === 2) for (const connection of peer.getConnections()) void connection.close()
      }),
    )
    const { code, records } = await ping(address, 5, ['-i', '100ms'])
    expect(code).toBe(0)
    expect(only(records, 'summary').received).toBeGreaterThan(2)
    expect(records.filter(({ type }) => type === 'pong').length).toBe(only(records, 'summary').received)
  })

  it('takes a pong in pieces, and one that is late for its wait as lost', async () => {
    let pings = 0
    const { address } = await peerAnswering(protocol, (stream) => {
      stream.addEventListener('message', ({ data }) => {
        pings++
        const bytes = data.subarray()
        if (pings === 2) return
        stream.send(bytes.subarray(0, 7))
        setImmediate(() => stream.send(bytes.subarray(7)))
      })
    })
    const { code, records } = await ping(address, 3, ['-i', '1ms', '-W', '300ms'])
    expect(code).toBe(0)
    expect(records.map((record) => record.type)).toEqual(['pong', 'lost', 'pong', 'summary'])
    expect(only(records, 'lost')).toMatchObject({ seq: 2, reason: expect.stringContaining('300 ms') })
    const summary = only(records, 'summary')
    expect(summary).toMatchObject({ transmitted: 3, received: 2 })
    expect(summary.lossPercent).toBeCloseTo(100 / 3)
  })

  it('that never answers is 1: the network worked', async () => {
    const { address } = await peerAnswering(protocol, (stream) => stream.addEventListener('message', () => {}))
    const { code, records } = await ping(address, 2, ['-i', '1ms', '-W', '100ms'])
    expect(code).toBe(1)
    expect(records.map((record) => record.type)).toEqual(['lost', 'lost', 'summary'])
    const summary = only(records, 'summary')
    expect(summary).toMatchObject({ transmitted: 2, received: 0, lossPercent: 100 })
    expect(summary).not.toHaveProperty('minMs')
  })

  it('that never answered is 1 on Ctrl-C as well', async () => {
    const { address } = await peerAnswering(protocol, (stream) => stream.addEventListener('message', () => {}))
    const pinging = start(['ping', '--json', '-i', '1ms', '-W', '50ms', address])
    await pinging.record('lost')
    const { code, records } = await pinging.stop()
    expect(code).toBe(1)
    expect(only(records, 'summary').received).toBe(0)
  })

  it('says what broke the protocol: other bytes', async () => {
    const { address } = await peerAnswering(protocol, (stream) => {
      stream.addEventListener('message', () => stream.send(new Uint8Array(32)))
    })
    const { code, records } = await ping(address, 1)
    expect(code).toBe(1)
    expect(only(records, 'lost').reason).toContain('differs')
  })

  it('says that the path is relayed', async () => {
    const { address, peer } = await relayedPeer()
    await peer.handle(protocol, echoing(), { runOnLimitedConnection: true })
    const { code, records } = await ping(address, 2)
    expect(code).toBe(0)
    expect(records.map((record) => (record.type === 'pong' ? record.path : record.type))).toEqual([
      'relayed',
      'relayed',
      'summary',
    ])
  })

  it('keeps its stream to a listener of this toolkit beyond the ten seconds of the stock one', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const { code, records } = await ping(listener.tcp, 2, ['-i', '11s'])
    expect(code).toBe(0)
    expect(only(records, 'summary')).toMatchObject({ transmitted: 2, received: 2 })
    expect(listener.records.filter(({ type }) => type === 'stream-opened')).toHaveLength(1)
  })
})
