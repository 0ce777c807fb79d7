import { describe, expect, it } from 'vitest'
import { startChat, together } from '../support/chat.ts'
import { only, run, scratchPath } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { joining, startJoinable } from '../support/pubsub.ts'

/** A hub of a topic with a key of its own, that can be killed and started again where it was. */
async function restartableHub(topic = 'news') {
  const key = scratchPath('hub.pem')
  expect((await run(['keygen', '-o', key])).code).toBe(0)
  const hub = (...listen: string[]) => startListener(['--transport', 'tcp', '--key', key, '--pubsub', topic, ...listen])
  const first = await hub()
  const [bound = ''] = first.tcp.split('/p2p/')
  return { first, again: () => hub(bound) }
}

/** The notes about joining among what a command said. */
const joiningNotes = (stderr: string) =>
  stderr.split('\n').flatMap((line) => /^(?:not joined to|joined to|lost)(?= )/.exec(line) ?? [])

describe('a peer that was named', () => {
  it('is dialled again when it was killed, and is there again', async () => {
    const { first, again } = await restartableHub()
    const sub = await startJoinable(['sub', '-n', '1', ...joining({ address: first.tcp }), 'news'])
    await sub.running.line(/^Subscribed, 1 peer$/, 'stderr')
    await first.running.stop('SIGKILL')
    await sub.running.line(/^lost /, 'stderr')
    const second = await again()
    expect(second.tcp).toBe(first.tcp)
    await sub.running.line(/^joined to .* again$/, 'stderr')
    const pub = await run(['pubsub', 'pub', '--json', ...joining({ address: second.tcp }), 'news', 'after that'])
    expect(only(pub.records, 'published').sentTo).toEqual([second.peerId])
    const { code, stderr, records } = await sub.running.exited
    expect(code).toBe(0)
    expect(only(records, 'message')).toMatchObject({ text: 'after that' })
    expect(stderr).toContain(`lost ${first.tcp}: it is dialled again\n`)
    expect(stderr).toContain(`joined to ${first.tcp} again\n`)
    expect(joiningNotes(stderr)).toEqual(['lost', 'joined to'])
  })

  it('is dialled until it is there, where it comes later; that is said once', async () => {
    const { first, again } = await restartableHub()
    await first.running.stop('SIGKILL')
    const sub = await startJoinable(['sub', '-n', '1', ...joining({ address: first.tcp }), 'news'])
    await sub.running.line(/^not joined to /, 'stderr')
    await again()
    await sub.running.line(/^joined to /, 'stderr')
    expect((await run(['pubsub', 'pub', ...joining({ address: first.tcp }), 'news', 'at last'])).code).toBe(0)
    const { stderr, records } = await sub.running.exited
    expect(only(records, 'message')).toMatchObject({ text: 'at last' })
    expect(joiningNotes(stderr)).toEqual(['not joined to', 'joined to'])
    expect(stderr).toContain(`joined to ${first.tcp}\n`)
  })

  it('of a chat is joined again', async () => {
    const { first, again } = await restartableHub('/libp2p/chat/1.0.0/room')
    const to = joining({ address: first.tcp })
    const alice = await startChat([...to, 'room'])
    await together(alice, first)
    await first.running.stop('SIGKILL')
    await alice.running.record('peer-left', ({ peer }) => peer === first.peerId)
    await again()
    await alice.running.line(/^joined to .* again$/, 'stderr')
    const bob = await run(['chat', '--json', '--transport', 'tcp', '--once', ...to, 'room'], {
      input: 'still there?\n',
    })
    expect(bob.code).toBe(0)
    expect(await alice.running.record('chat-message')).toMatchObject({ text: 'still there?' })
  })
})
