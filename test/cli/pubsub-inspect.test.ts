import { describe, expect, it } from 'vitest'
import { run } from '../support/cli.ts'
import { joining, publishing, rpcPeer, signedMessage, startJoinable } from '../support/pubsub.ts'
import { nameOf, readTrace } from '../support/trace.ts'

describe('--inspect pubsub', () => {
  it('shows every RPC of both sides', async () => {
    const sub = await startJoinable(['sub', '--inspect', 'pubsub', '-n', '1', 'news'])
    const args = ['pubsub', 'pub', '--json', '--inspect', 'pubsub', ...joining(sub), 'news', 'hello']
    const { code, stderr } = await run(args)
    expect(code).toBe(0)
    const protocol = '/meshsub/1.2.0'
    const trace = readTrace(stderr)
    expect(trace.map((event) => [nameOf(event), event.peer])).toEqual([
      ['pubsub rpc-received', sub.peerId],
      ['pubsub rpc-sent', sub.peerId],
    ])
    const [received, sent] = trace.map(({ detail }) => detail)
    expect(received).toMatchObject({ protocol, rpc: { subscribe: ['news'] } })
    const message = { topic: 'news', bytes: 5, text: 'hello', signed: true, sequenceNumber: expect.any(String) }
    expect(sent).toMatchObject({ protocol, rpc: { messages: [message] } })

    const seen = readTrace((await sub.running.exited).stderr)
    const rpcs = seen.filter((event) => nameOf(event) === 'pubsub rpc-received').map(({ detail }) => detail.rpc)
    expect(rpcs).toContainEqual((sent as { rpc: unknown }).rpc)
  })

  it('shows the control messages of a mesh', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const other = await startJoinable(['sub', '--inspect', 'pubsub', ...joining(sub), 'news'])
    const grafts = (type: string) =>
      readTrace(other.running.stderr.slice(0, other.running.stderr.lastIndexOf('\n') + 1)).some(
        (event) => event.type === type && JSON.stringify(event.detail).includes('"graft":["news"]'),
      )
    await other.running.until(() => grafts('rpc-sent') || grafts('rpc-received'))
  })

  it('shows what is rejected, and the failure that a command ends with', async () => {
    const sub = await startJoinable(['sub', '--inspect', 'pubsub', 'news'])
    const { peerId, signer, send } = await rpcPeer(sub.address)
    send(publishing(signedMessage(signer, { signature: Buffer.alloc(64) })))
    await sub.running.record('rejected')
    const events = readTrace((await sub.running.stop()).stderr)
    const rejected = events.filter((event) => nameOf(event) === 'pubsub rejected')
    expect(rejected.map(({ detail }) => detail)).toMatchObject([{ peer: peerId, topic: 'news', count: 1 }])

    const nobody = await run(['pubsub', 'pub', '--inspect', 'pubsub', 'news', 'hello'])
    expect(nobody.stderr).toMatch(/pubsub +gave-up code=unreachable/)
  })
})
