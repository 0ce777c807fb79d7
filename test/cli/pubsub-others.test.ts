import { describe, expect, it } from 'vitest'
import { only, run, start } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { joining, startJoinable } from '../support/pubsub.ts'

describe('a peer that does not speak pub/sub', () => {
  it.each([
    ['pub', ['news', 'hello']],
    ['pub', ['news', '-']],
    ['peers', ['news']],
    ['topics', []],
  ])('is 6 for pubsub %s %j', async (command, args) => {
    const listener = await startListener(['--transport', 'tcp'])
    const flags = ['--json', '--timeout', '0', '--bootstrap', listener.tcp]
    const { code, records } = await run(['pubsub', command, ...flags, ...args])
    expect(code).toBe(6)
    expect(only(records, 'error').error).toMatchObject({
      code: 'protocol',
      layer: 'pubsub',
      message: 'the peers do not speak pub/sub',
    })
  })

  it.each([
    ['pubsub', 'sub', 'news'],
    ['pubsub', 'mesh', 'news'],
    ['chat', 'room'],
  ])('is said by %s %s', async (...command) => {
    const listener = await startListener(['--transport', 'tcp'])
    const running = start([...command, '--transport', 'tcp', '--bootstrap', listener.tcp])
    await running.line(new RegExp(`^${listener.tcp} does not speak pub/sub$`), 'stderr')
    expect((await running.stop()).code).toBe(0)
  })

  it('is none where another one does', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const sub = await startJoinable(['sub', '-n', '1', 'news'])
    const pub = await run(['pubsub', 'pub', ...joining(sub, { address: listener.tcp }), 'news', 'hello'])
    expect(pub.code).toBe(0)
    expect((await sub.running.exited).code).toBe(0)
  })
})

describe('the reader of what was published', () => {
  it('may go: what it was told of has arrived', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const pub = start(['pubsub', 'pub', '--json', ...joining(sub), 'news', '-'])
    pub.child.stdin.write('one\n')
    await pub.record('published')
    pub.child.stdout.destroy()
    pub.child.stdin.end('two\nthree\n')
    expect((await pub.exited).code).toBe(0)
    expect(await sub.running.record('message')).toMatchObject({ text: 'one' })
  })
})
