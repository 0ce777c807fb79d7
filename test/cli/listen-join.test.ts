import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { run, start } from '../support/cli.ts'

const protocol = '/files/1.0.0'

async function joining(flags: string[] = []) {
  const listener = start(['listen', '--transport', 'tcp', '--protocol', protocol, ...flags], { raw: true })
  const address = await listener.line(/^\/ip4\//, 'stderr')
  return { listener, address }
}

describe('p2p listen --protocol', () => {
  it('joins the stream to stdin and stdout, binary-safe, and ends with it', async () => {
    const { listener, address } = await joining()
    const [there, back] = [randomBytes(2 * 1024 * 1024), randomBytes(1024 * 1024)]
    listener.child.stdin.end(back)
    const dialed = await run(['dial', '--protocol', protocol, address], { input: there, raw: true })
    expect(dialed.code).toBe(0)
    expect(dialed.stdoutBytes.equals(back)).toBe(true)
    const { code, stdoutBytes } = await listener.exited
    expect(code).toBe(0)
    expect(stdoutBytes.equals(there)).toBe(true)
  })

  it.each([['/ipfs/ping/1.0.0'], ['/echo/1.0.0', '--echo']])(
    'refuses %s, which it answers itself',
    async (...flags) => {
      const [answered = '', ...more] = flags
      const result = await run(['listen', '--transport', 'tcp', '--protocol', answered, ...more])
      expect(result).toMatchObject({ code: 2, stdout: '' })
      expect(result.stderr).toContain(answered)
    },
  )

  it('ends when the other side half-closes, though its own stdin is open', async () => {
    const { listener, address } = await joining()
    expect((await run(['dial', '--protocol', protocol, address], { input: 'all of it' })).code).toBe(0)
    expect(await listener.exited).toMatchObject({ code: 0, stdout: 'all of it' })
  })

  it('resets a second stream while the first is open', async () => {
    const { listener, address } = await joining()
    const first = start(['dial', '--protocol', protocol, address])
    first.child.stdin.write('first\n')
    await listener.line(/^first$/)
    const second = await run(['dial', '--protocol', protocol, address], { input: 'second\n' })
    expect(second.code).toBe(6)
    expect(second.stderr).toContain('reset')
    first.child.stdin.end('still here\n')
    expect((await first.exited).code).toBe(0)
    expect(await listener.exited).toMatchObject({ code: 0, stdout: 'first\nstill here\n' })
  })

  it('puts its records on stderr with --json', async () => {
    const listener = start(['listen', '--json', '--transport', 'tcp', '--protocol', protocol])
    const { addresses } = await listener.record('listening')
    await run(['dial', '--protocol', protocol, addresses[0] ?? ''], { input: 'x' })
    const { code, stdout, records } = await listener.exited
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'x' })
    expect(records.map(({ type }) => type)).toContain('stream-opened')
  })

  it('ends with 0 on Ctrl-C while a stream is open', async () => {
    const { listener, address } = await joining()
    const dialing = start(['dial', '--protocol', protocol, address])
    dialing.child.stdin.write('hello\n')
    await listener.line(/^hello$/)
    expect((await listener.stop()).code).toBe(0)
    expect((await dialing.exited).code).toBe(6)
  })
})
