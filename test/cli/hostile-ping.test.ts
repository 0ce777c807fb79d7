import type { Stream } from '@libp2p/interface'
import { describe, expect, test } from 'vitest'
import { only, type Result, run, start } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { startPeer } from '../support/peer.ts'

const protocol = '/ipfs/ping/1.0.0'

/** A peer that answers each chunk of a ping stream so. */
async function peerThatAnswers(answer: (stream: Stream, data: Uint8Array) => void) {
  return await startPeer({
    handlers: {
      [protocol]: (stream) => {
        stream.addEventListener('message', (event) => answer(stream, event.data.subarray()))
      },
    },
  })
}

function expectLost(result: Result, transmitted: number): void {
  const lost = result.records.filter((record) => record.type === 'lost')
  expect(lost.map((record) => record.seq)).toEqual(Array.from({ length: transmitted }, (_, index) => index + 1))
  expect(only(result.records, 'summary')).toMatchObject({ transmitted, received: 0, lossPercent: 100 })
  expect(only(result.records, 'summary')).not.toHaveProperty('avgMs')
  expect(result.records.at(-1)?.type).toBe('summary')
  expect(result.code).toBe(1)
}

describe('pongs that are not', () => {
  test.each<[string, (stream: Stream, data: Uint8Array) => void, RegExp]>([
    ['a byte too long', (stream, data) => stream.send(Buffer.concat([data, Buffer.of(1)])), /longer|32/],
    ['a megabyte long', (stream) => stream.send(Buffer.alloc(1_000_000)), /longer|32/],
    ['of other bytes', (stream) => stream.send(Buffer.alloc(32, 1)), /differ/],
  ])('one that is %s is lost, with the reason', async (_name, answer, reason) => {
    const peer = await peerThatAnswers(answer)
    const result = await run(['ping', '--json', '-c', '1', peer.address])
    expectLost(result, 1)
    expect(only(result.records, 'lost').reason).toMatch(reason)
    expect(only(result.records, 'lost').peer).toBe(peer.peerId)
  })

  test('none within -W is lost, each', async () => {
    const peer = await peerThatAnswers(() => {})
    const result = await run(['ping', '--json', '-c', '3', '-i', '10ms', '-W', '300ms', peer.address])
    expectLost(result, 3)
    for (const record of result.records) if (record.type === 'lost') expect(record.reason).toMatch(/300 ms/)
  })

  test('a short one is none', async () => {
    const peer = await peerThatAnswers((stream, data) => stream.send(data.subarray(0, 31)))
    expectLost(await run(['ping', '--json', '-c', '1', '-W', '300ms', peer.address]), 1)
  })

  test('one that comes late is not taken for the next', async () => {
    let pings = 0
    const peer = await peerThatAnswers((stream, data) => {
      pings++
      if (pings === 1) setTimeout(() => stream.writeStatus === 'writable' && stream.send(data), 600)
      else stream.send(data)
    })
    const result = await run(['ping', '--json', '-c', '3', '-i', '300ms', '-W', '400ms', peer.address])
    expect(result.code).toBe(0)
    expect(only(result.records, 'lost').seq).toBe(1)
    expect(only(result.records, 'summary')).toMatchObject({ transmitted: 3, received: 2 })
  })

  test('with -w all of -c have to come', async () => {
    let pings = 0
    const peer = await peerThatAnswers((stream, data) => {
      if (pings++ === 0) stream.send(data)
    })
    const result = await run(['ping', '--json', '-c', '2', '-i', '10ms', '-W', '300ms', '-w', '20s', peer.address])
    expect(only(result.records, 'summary')).toMatchObject({ transmitted: 2, received: 1 })
    expect(result.code).toBe(1)
  })

  test('-w ends pings that go on', async () => {
    const peer = await peerThatAnswers((stream, data) => stream.send(data))
    const result = await run(['ping', '--json', '-i', '50ms', '-w', '700ms', peer.address])
    expect(result.code).toBe(0)
    expect(only(result.records, 'summary').received).toBeGreaterThan(0)
  })
})

describe('pongs that arrive all the same', () => {
  test('in single bytes', async () => {
    const peer = await peerThatAnswers((stream, data) => {
      for (const byte of data) stream.send(Uint8Array.of(byte))
    })
    const result = await run(['ping', '--json', '-c', '2', '-i', '10ms', peer.address])
    expect(result.code).toBe(0)
    expect(only(result.records, 'summary').received).toBe(2)
  })

  test.each<[string, (stream: Stream, data: Uint8Array, seen: number) => void]>([
    [
      'ended after each',
      (stream, data) => {
        stream.send(data)
        void stream.close()
      },
    ],
    ['reset at the second', (stream, data, seen) => (seen === 1 ? stream.send(data) : stream.abort(new Error('one')))],
  ])('on a stream that is %s: it is opened anew', async (_name, answer) => {
    let streams = 0
    const peer = await startPeer({
      handlers: {
        [protocol]: (stream) => {
          let seen = 0
          streams++
          stream.addEventListener('message', (event) => answer(stream, event.data.subarray(), ++seen))
        },
      },
    })
    const result = await run(['ping', '--json', '-c', '3', '-i', '50ms', peer.address])
    expect(result.code).toBe(0)
    expect(only(result.records, 'summary')).toMatchObject({ transmitted: 3, received: 3 })
    expect(streams).toBe(3)
  })

  test('from a peer that closes the connection between them: it is dialled anew', async () => {
    const peer = await startPeer({
      handlers: {
        [protocol]: (stream, connection) => {
          stream.addEventListener('message', (event) => {
            stream.send(event.data.subarray())
            setTimeout(() => connection.abort(new Error('gone')), 50)
          })
        },
      },
    })
    const result = await run(['ping', '--json', '-c', '2', '-i', '500ms', peer.address])
    expect(result.code).toBe(0)
    expect(only(result.records, 'summary')).toMatchObject({ transmitted: 2, received: 2 })
  })

  test.each(['tcp', 'ws', 'quic'] as const)('over %s, on one stream', async (transport) => {
    const listener = await startListener(['--transport', transport])
    const result = await run(['ping', '--json', '-c', '3', '-i', '20ms', listener[transport]])
    expect(result.code).toBe(0)
    expect(result.records.map((record) => record.type)).toEqual(['pong', 'pong', 'pong', 'summary'])
    await listener.waitFor('connection-closed')
    const streams = listener.records.filter((record) => record.type === 'stream-opened' && record.protocol === protocol)
    expect(streams).toHaveLength(1)
  })
})

describe('peers that hang up', () => {
  test('one that resets every stream', async () => {
    const peer = await startPeer({ handlers: { [protocol]: (stream) => stream.abort(new Error('no')) } })
    const result = await run(['ping', '--json', '-c', '1', '-W', '2s', peer.address])
    expect([1, 6]).toContain(result.code)
    expect(result.records.length).toBeGreaterThan(0)
    expect(result.stderr).not.toMatch(/^\s+at /m)
  })

  test.each(['ping', 'identify'])('%s of one that closes each connection at once', async (command) => {
    const peer = await startPeer()
    peer.libp2p.addEventListener('connection:open', ({ detail }) => detail.abort(new Error('go away')))
    const result = await run([
      command,
      '--json',
      '--timeout',
      '10s',
      ...(command === 'ping' ? ['-c', '1'] : []),
      peer.address,
    ])
    expect([1, 4, 6]).toContain(result.code)
    expect(result.records.length).toBeGreaterThan(0)
    expect(result.stderr).not.toMatch(/^\s+at /m)
  })

  test('dial --for says who closed the connection', async () => {
    const peer = await startPeer()
    peer.libp2p.addEventListener('connection:open', ({ detail }) => {
      setTimeout(() => detail.close(), 300)
    })
    const result = await run(['dial', '--json', '--for', '30s', peer.address])
    expect(result.records.map((record) => record.type)).toEqual(['dialed', 'connection-closed'])
    expect(only(result.records, 'connection-closed')).toMatchObject({ by: 'remote', peer: peer.peerId })
    expect(result.code).toBe(0)
  })

  test('a peer that dies under an open stream ends dial --protocol with a failure', async () => {
    const peer = await startPeer({
      handlers: {
        '/x': (stream, connection) => {
          stream.send(Buffer.from('half an answ'))
          setTimeout(() => connection.abort(new Error('gone')), 200)
        },
      },
    })
    const running = start(['dial', '--json', '--protocol', '/x', peer.address])
    const result = await running.exited
    expect(result.stdout).toBe('half an answ')
    expect(result.code).toBe(6)
  })
})
