import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { only, run, start } from '../support/cli.ts'
import { type Listener, startListener } from '../support/listener.ts'
import { peerAnswering } from '../support/peers.ts'
import { parseRecord } from '../support/records.ts'

describe('p2p dial --protocol', () => {
  let echo: Listener
  beforeAll(async () => {
    echo = await startListener(['--echo'])
  })

  it.each(['tcp', 'ws', 'quic'] as const)(
    'is binary-safe both ways over %s, and ends with stdin',
    async (transport) => {
      const input = randomBytes(3 * 1024 * 1024)
      const args = ['dial', '--protocol', '/echo/1.0.0', echo[transport]]
      const { code, stdoutBytes } = await run(args, { input, raw: true })
      expect(code).toBe(0)
      expect(stdoutBytes.equals(input)).toBe(true)
    },
  )

  it('carries bytes alone on stdout: notes, or records with --json, are on stderr', async () => {
    const args = ['dial', '--protocol', '/echo/1.0.0', echo.tcp]
    const text = await run(args, { input: 'hello' })
    expect(text).toMatchObject({ code: 0, stdout: 'hello' })
    expect(text.stderr).toContain('/echo/1.0.0')
    expect(await run([...args, '--quiet'], { input: 'hello' })).toMatchObject({ stdout: 'hello', stderr: '' })
    const json = await run([...args, '--json', '--quiet'], { input: 'hello', raw: true })
    expect(json.stdout).toBe('hello')
    const dialed = only(json.stderr.trimEnd().split('\n').map(parseRecord), 'dialed')
    expect(dialed.peer).toBe(echo.peerId)
  })

  it('answers as bytes come, before the end of stdin', async () => {
    const joined = start(['dial', '--protocol', '/echo/1.0.0', echo.tcp])
    joined.child.stdin.write('first\n')
    await joined.line(/^first$/)
    joined.child.stdin.end('second')
    expect(await joined.exited).toMatchObject({ code: 0, stdout: 'first\nsecond' })
  })

  it('with an empty stdin half-closes, and still prints what the other side says', async () => {
    const { address } = await peerAnswering('/late/1.0.0', (stream) => {
      stream.addEventListener('end', () => {
        stream.send(new TextEncoder().encode('after your end'))
        void stream.close()
      })
      // an 'end' comes to those who read
      stream.addEventListener('message', () => {})
    })
    expect(await run(['dial', '--protocol', '/late/1.0.0', address])).toMatchObject({
      code: 0,
      stdout: 'after your end',
    })
  })

  it('offers several protocols in their order', async () => {
    const { address } = await peerAnswering('/b/2.0.0', (stream) => void stream.close())
    const args = ['dial', '--protocol', '/a/1.0.0', '--protocol', '/b/2.0.0,/echo/1.0.0', address]
    const { code, stderr } = await run(args)
    expect(code).toBe(0)
    expect(stderr).toContain('/b/2.0.0')
  })

  it('says that the other side reset the stream', async () => {
    const { address } = await peerAnswering('/reset/1.0.0', (stream) => {
      stream.send(new TextEncoder().encode('partial'))
      stream.addEventListener('message', () => stream.abort(new Error('enough')))
    })
    const { code, stdout, stderr } = await run(['dial', '--protocol', '/reset/1.0.0', address], { input: 'x' })
    expect(code).toBe(6)
    expect(stdout).toBe('partial')
    expect(stderr).toContain('reset')
  })

  it('joins one stream only: several targets are usage', async () => {
    const other = echo.tcp.replace(/\/p2p\/.*/, '')
    expect((await run(['dial', '--protocol', '/echo/1.0.0', echo.tcp, other])).code).toBe(2)
  })

  it('ends with 0 on Ctrl-C, being open-ended', async () => {
    const joined = start(['dial', '--protocol', '/echo/1.0.0', echo.tcp])
    joined.child.stdin.write('hello\n')
    await joined.line(/^hello$/)
    expect(await joined.stop()).toMatchObject({ code: 0, stdout: 'hello\n' })
  })
})
