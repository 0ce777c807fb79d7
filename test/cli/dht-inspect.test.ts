import { describe, expect, it } from 'vitest'
import { run } from '../support/cli.ts'
import { asking, closer, kadMessage, kadPeer, kadRecord, kadServer } from '../support/dht.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort } from '../support/servers.ts'
import { nameOf, readTrace } from '../support/trace.ts'

const key = '/v/key'

describe('dht get --inspect routing', () => {
  it('shows who was asked, who introduced whom, and what became of each request', async () => {
    const stranger = await strangerId()
    const holder = await kadServer(({ type }) => kadMessage(type, kadRecord(key, 'value')))
    const gone = kadPeer(8, stranger, `/ip4/127.0.0.1/tcp/${await refusedPort()}`)
    const first = await kadServer(({ type }) => kadMessage(type, closer(holder), gone))
    const args = ['dht', 'get', '--json', '--inspect', 'routing', '--quorum', '2', ...asking(first.address), key]
    const { code, stderr } = await run(args)
    expect(code).toBe(0)
    const trace = readTrace(stderr)
    const about = (name: string, peer: string) =>
      trace
        .filter((event) => nameOf(event) === `routing ${name}` && event.detail.peer === peer)
        .map(({ detail }) => detail)

    expect(trace[0]).toMatchObject({ type: 'lookup-started', detail: { key, known: 1 } })
    const cpl = expect.any(Number)
    const ms = expect.any(Number)
    const request = 'GET_VALUE'
    expect(about('asked', first.peerId)).toEqual([{ peer: first.peerId, request, cpl, hops: 0 }])
    expect(about('answered', first.peerId)).toEqual([
      { peer: first.peerId, request, closer: 2, providers: 0, value: false, rttMs: ms, ms },
    ])
    for (const peer of [holder.peerId, stranger]) {
      expect(about('peer-introduced', peer)).toEqual([{ peer, by: first.peerId, cpl, hops: 1 }])
      expect(about('asked', peer)).toEqual([{ peer, request, cpl, hops: 1, by: first.peerId }])
    }
    expect(about('answered', holder.peerId)).toMatchObject([{ closer: 0, value: true }])
    expect(about('request-failed', stranger)).toMatchObject([{ request, code: 'unreachable', ms }])
    expect(trace.at(-1)).toMatchObject({ type: 'lookup-finished', detail: { exhausted: true, known: 3 } })
  })

  it('ends with its failure', async () => {
    const server = await kadServer(({ type }) => kadMessage(type))
    const { code, stderr } = await run(['dht', 'get', '--inspect', 'routing', ...asking(server.address), key])
    expect(code).toBe(1)
    expect(stderr).toMatch(/routing +gave-up code=negative/)
    expect(stderr).toMatch(/error nobody gave a value of \/v\/key \(negative, routing\)\n$/)
  })
})

it('dht --inspect protocol shows the messages', async () => {
  const server = await kadServer(({ type }) => kadMessage(type, kadRecord(key, 'value')))
  const { stderr } = await run(['dht', 'get', '--json', '--inspect', 'protocol', ...asking(server.address), key])
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  expect(readTrace(stderr).map(({ type, detail }) => [type, detail.message])).toEqual([
    ['message-sent', { type: 'GET_VALUE', key: base64(key) }],
    ['message-received', { type: 'GET_VALUE', record: { key: base64(key), value: base64('value') } }],
  ])
})
