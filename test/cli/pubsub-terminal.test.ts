import { describe, expect, it } from 'vitest'
import { startListener } from '../support/listener.ts'
import { joining } from '../support/pubsub.ts'
import { noTmux, startInTerminal } from '../support/terminal.ts'

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
