import { describe, expect, it } from 'vitest'
import { start } from '../support/cli.ts'
import { type Joinable, joining, startJoinable } from '../support/pubsub.ts'

const messages = Array.from({ length: 1000 }, (_, index) => `message ${index}`)

/** Ten subscribers, each joined to the three before it: a few at a time, since each takes a core to start. */
async function tenOf(routers: string[]): Promise<Joinable[]> {
  const subs: Joinable[] = []
  for (let index = 0; index < 10; index++) {
    const router = routers[index % routers.length] ?? ''
    subs.push(await startJoinable(['sub', '--router', router, ...joining(...subs.slice(-3)), 'news']))
  }
  for (const [index, { running }] of subs.entries()) {
    // those before it, and those behind it
    const neighbours = Math.min(3, index) + Math.min(3, subs.length - 1 - index)
    await running.line(new RegExp(`^Subscribed, ${neighbours} peers?$`), 'stderr')
  }
  return subs
}

function publisherAt(...subs: Joinable[]) {
  const args = ['pubsub', 'pub', '--json', '--wait-peers', String(subs.length), ...joining(...subs), 'news', '-']
  return start(args)
}

const textsOf = ({ running }: Joinable): string[] =>
  running.records.flatMap((record) => (record.type === 'message' ? [record.text ?? ''] : []))

async function all(sub: Joinable, wanted: string[]): Promise<string[]> {
  const { records } = sub.running
  // the first one tells its address
  await sub.running.until(() => records.length > wanted.length && new Set(textsOf(sub)).size === wanted.length)
  await sub.running.stop()
  return textsOf(sub)
}

describe('ten processes on one topic', () => {
  it.each([
    ['gossipsub', ['gossipsub']],
    ['floodsub', ['floodsub']],
    ['gossipsub and floodsub', ['gossipsub', 'floodsub']],
  ])('%s: each receives each of 1,000 messages exactly once', { timeout: 180_000 }, async (_name, routers) => {
    const subs = await tenOf(routers)
    const [first, second] = subs
    if (first === undefined || second === undefined) throw new Error('there are ten')
    const publisher = publisherAt(first, second)
    publisher.child.stdin.end(`${messages.join('\n')}\n`)
    expect((await publisher.exited).code).toBe(0)
    for (const sub of subs) expect((await all(sub, messages)).toSorted()).toEqual(messages.toSorted())
  })

  it('a third of which is killed: the others receive everything', { timeout: 180_000 }, async () => {
    const subs = await tenOf(['gossipsub'])
    const killed = [2, 5, 8]
    const survivors = subs.filter((_, index) => !killed.includes(index))
    const publisher = publisherAt(...subs.slice(0, 2))
    const written: string[] = []
    let areKilled = false
    // some are on their way at any time, and also after the others are gone
    const writing = async () => {
      for (let after = 0; after < 500; after += areKilled ? 1 : 0) {
        const text = `message ${written.length}`
        written.push(text)
        publisher.child.stdin.write(`${text}\n`)
        await publisher.until(() => publisher.records.length > written.length - 50)
      }
      publisher.child.stdin.end()
    }
    const done = writing()
    const last = survivors.at(-1)
    if (last === undefined) throw new Error('there are seven')
    // some have come as far as the other end
    await last.running.until(() => last.running.records.length > 50)
    for (const index of killed) subs[index]?.running.child.kill('SIGKILL')
    areKilled = true
    await done
    expect((await publisher.exited).code).toBe(0)
    for (const sub of survivors) expect((await all(sub, written)).toSorted()).toEqual(written.toSorted())
  })
})
