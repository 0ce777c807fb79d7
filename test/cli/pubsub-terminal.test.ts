import { describe, expect, it } from 'vitest'
import { run } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { joining, startJoinable, subscribed } from '../support/pubsub.ts'
import { noTmux, startInTerminal } from '../support/terminal.ts'

describe.skipIf(noTmux)('p2p pubsub sub in a terminal', () => {
  it('leaves the line when it has written bytes without an end', async () => {
    const hub = await startJoinable(['sub', 'news'])
    const flags = ['--transport', 'tcp', '--quiet', '--format', 'raw', '--delimiter', 'none', '-n', '1']
    const terminal = startInTerminal(['pubsub', 'sub', ...flags, ...joining(hub), 'news'])
    await subscribed(hub, 1)
    expect((await run(['pubsub', 'pub', ...joining(hub), 'news', 'no end'])).code).toBe(0)
    expect(await terminal.ended()).toBe(0)
    expect(terminal.screen().slice(-2)).toEqual(['no end', 'exit 0'])
  })
})

describe.skipIf(noTmux)('p2p pubsub mesh in a terminal', () => {
  it('draws its table in one place, below what else is said, however narrow the terminal is', async () => {
    const hub = await startListener(['--transport', 'tcp', '--pubsub', 'news'])
    const joined = joining({ address: hub.tcp })
    const terminal = startInTerminal(['pubsub', 'mesh', '--transport', 'tcp', ...joined, 'news'], 60)
    await terminal.line(/ news: 1 in the mesh/)
    await hub.running.stop('SIGKILL')
    await terminal.line(/ news: 0 in the mesh/)
    const heads = () => terminal.screen().filter((line) => / news: \d in the mesh/.test(line))
    const [drawn] = heads()
    // drawn again, at another second
    await terminal.line(new RegExp(`^(?!${drawn?.slice(0, 8)}).* news: 0 in the mesh`))
    expect(heads()).toHaveLength(1)
    expect(terminal.screen().join('')).toContain(`lost ${hub.tcp}: it is dialled again`)
    expect(terminal.screen().at(-1)).toBe(heads()[0])
  })
})
