import { describe, expect, test } from 'vitest'
import { exitCodes } from '../../src/lib/errors/exit-codes.ts'
import { only, type Result, run, scratchPath, shell } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

/** A mistake in the command line: exit 2, one line of reason on stderr (a suggestion may follow), nothing on stdout. */
function expectUsage(result: Result, pattern: RegExp): void {
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toMatch(pattern)
  expect(result.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3)
  expect(result.stderr).not.toMatch(/^\s+at |node_modules|pluginAliases|"config"|\boclif\b/m)
  expect(result.stderr.length).toBeLessThan(1000)
}

/** The same with --json: one compact record, on stderr where stdout carries bytes, else on stdout. */
function expectUsageRecord(result: Result, pattern: RegExp, bytes = false): void {
  const [where, empty] = bytes ? [result.stderr, result.stdout] : [result.stdout, result.stderr]
  expect([result.code, empty]).toEqual([2, ''])
  expect(result.records).toHaveLength(1)
  expect(where.endsWith('\n')).toBe(true)
  const { error } = only(result.records, 'error')
  expect(error).toMatchObject({ code: 'usage', exitCode: 2 })
  expect(error.message).toMatch(pattern)
  expect(result.stdout.length).toBeLessThan(2000)
}

describe('the table', () => {
  test('is that of the design', () => {
    expect(Object.fromEntries(Object.entries(exitCodes).map(([name, { exitCode }]) => [name, exitCode]))).toEqual({
      ok: 0,
      negative: 1,
      usage: 2,
      timeout: 3,
      unreachable: 4,
      security: 5,
      protocol: 6,
      local: 7,
      bug: 70,
      interrupted: 130,
      terminated: 143,
    })
  })
})

describe('mistakes in flags and arguments are 2', () => {
  const nowhere = '/ip4/127.0.0.1/tcp/1'
  const cases: Array<[string[], RegExp]> = [
    [['dial', '--no-such-flag', nowhere], /no-such-flag/],
    [['dial'], /addr/i],
    [['dial', '--timeout', 'soon', nowhere], /duration.*soon/],
    [['dial', '--timeout', '-5s', nowhere], /timeout|duration/],
    [['dial', '--timeout'], /timeout/],
    [['dial', '--transport', 'carrier-pigeon', nowhere], /carrier-pigeon/],
    [['dial', '--security', 'none', nowhere], /none/],
    [['dial', '--muxer', 'tcp', nowhere], /tcp/],
    [['dial', '--color', 'pink', nowhere], /pink/],
    [['dial', '--dns', 'example.com', nowhere], /name server/],
    [['dial', '--expect-peer', 'nobody', nowhere], /peer ID|nobody/],
    [['dial', '--for', '5s', '--protocol', '/x', nowhere], /for|protocol/],
    [['ping', '-c', '0', nowhere], /0/],
    [['ping', '-c', 'many', nowhere], /many/],
    [['ping', '-c', '1.5', nowhere], /1\.5/],
    [['ping', '-i', '1 fortnight', nowhere], /duration/],
    [['listen', '--allow-peer', 'nobody'], /peer ID|nobody/],
    [['listen', '--tls-cert', '/tmp/x'], /tls-key/],
    [['listen', '--for', 'ever'], /duration/],
    [['listen', '/dns4/localhost/tcp/0'], /IP address/],
    [['listen', '/ip4/127.0.0.1/udp/0/webrtc-direct'], /webrtc-direct|transport/],
    [['listen', '--transport', 'tcp', '/ip4/127.0.0.1/tcp/0/ws'], /ws/],
    [['listen', '/ip4/127.0.0.1/tcp/0/tls/ws'], /certificate/],
    [['maddr', 'parse'], /addr/i],
    [['maddr', 'parse', '--no-such-flag', '/tcp/1'], /no-such-flag/],
    [['maddr', 'resolve'], /addr/i],
    [['maddr', 'resolve', '--dns', 'example.com', nowhere], /name server/],
    [['maddr', 'resolve', '--timeout', 'soon', nowhere], /duration.*soon/],
    [['keygen', '-t', 'ecdsa'], /ecdsa/],
    [['keygen', '-t', 'rsa', '--bits', '1024'], /2048/],
    [['peer-id', 'inspect', 'nonsense'], /nonsense|peer ID/],
  ]
  test.each(cases)('%j', async (args, pattern) => {
    expectUsage(await run(args), pattern)
    expectUsageRecord(await run([...args, '--json']), pattern, args.includes('--protocol'))
  })

  test.each(['dial', 'ping', 'identify', 'listen'])('%s of a bad multiaddr, and nothing is sent', async (command) => {
    const server = await tcpServer()
    const bad = '/ip4/256.0.0.1/tcp/1'
    expectUsage(await run([command, server.address, bad]), /256\.0\.0\.1/)
    expectUsageRecord(await run([command, '--json', server.address, bad]), /256\.0\.0\.1/)
    expect(server.connections).toEqual([])
  })

  test.each([
    [['listen']],
    [['listen', '--announce']],
    [['listen', '--dht', 'server', '--bootstrap']],
    [['dial', '--bootstrap']],
  ])('a bare peer ID where an address has to be, with a hint: %j', async (args) => {
    const id = await strangerId()
    for (const text of [id, `/p2p/${id}`]) {
      expectUsage(await run([...args, text]), /peer ID alone/)
      const [command = '', ...rest] = args
      const result = await run([command, ...rest.slice(0, -1), '--json', ...rest.slice(-1), text])
      expectUsageRecord(result, /peer ID alone/)
      expect(only(result.records, 'error').error.suggestions.join()).toMatch(/\/ip4\//)
    }
  })

  test.each(['dial', 'ping', 'identify', 'listen'])('%s of a /unix address, with the reason', async (command) => {
    expectUsage(await run([command, '/unix/tmp/socket']), /unix/)
    expectUsageRecord(await run([command, '--json', '/unix/tmp/socket']), /unix/)
  })

  test('a mistake that carries escape sequences shows them escaped', async () => {
    for (const args of [
      ['dial', '/ip4/\x1b[31m/tcp/1'],
      ['dial', '--timeout', '\x1b[31m'],
      ['\x1b[31mdial'],
      ['dial', '--\x1b[31m'],
    ]) {
      const result = await run(args)
      expect(result.code).toBe(2)
      expect(result.stderr).not.toContain('\x1b')
    }
  })

  test('an argument of 100 kB is not repeated whole', async () => {
    expectUsage(await run(['dial', `/ip4/${'9'.repeat(100_000)}/tcp/1`]), /ip4/)
    const result = await run(['maddr', 'parse', '--json', 'x'.repeat(100_000)])
    expect(result.code).toBe(2)
    expect(result.stdout.length).toBeLessThan(2000)
  })
})

describe('commands', () => {
  test.each([
    ['pimg', 'p2p ping'],
    ['lisen', 'p2p listen'],
    ['identfy', 'p2p identify'],
    ['maddr prase', 'p2p maddr parse'],
    ['key inspct', 'p2p key inspect'],
  ])('mistyped %s gets the nearest name in one line', async (typed, meant) => {
    const result = await run([...typed.split(' '), '/ip4/127.0.0.1/tcp/1'], { input: 'y\n' })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(result.stderr).toContain(meant)
  })

  test('one that is nothing like any gets the way to the help', async () => {
    const result = await run(['frobnicate'])
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(result.stderr).toMatch(/p2p help/)
  })

  test('mistyped with --json is a record', async () => {
    expectUsageRecord(await run(['pimg', '--json']), /ping/)
  })

  test.each([[['help']], [['--help']], [['help', 'ping']], [['dial', '--help']], [['maddr']], [['key']]])(
    '%j is help: 0, on stdout',
    async (args) => {
      const result = await run(args)
      expect(result).toMatchObject({ code: 0, stderr: '' })
      expect(result.stdout).toMatch(/USAGE|p2p/)
    },
  )

  test('--version is 0', async () => {
    const result = await run(['--version'])
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toMatch(/0\.1\.0/)
  })
})

describe('the environment', () => {
  test('P2P_JSON prints records, errors as well', async () => {
    const result = await run(['maddr', 'parse', '/tcp/80'], { env: { P2P_JSON: '1' } })
    expect(only(result.records, 'multiaddr').string).toBe('/tcp/80')
    expectUsageRecord(await run(['dial', '--no-such-flag'], { env: { P2P_JSON: 'true' } }), /no-such-flag/)
    expectUsageRecord(await run(['pimg'], { env: { P2P_JSON: '1' } }), /ping/)
    const refused = await run(['dial', `/ip4/127.0.0.1/tcp/${await refusedPort()}`], { env: { P2P_JSON: '1' } })
    expect(refused).toMatchObject({ code: 4, stderr: '' })
    expect(only(refused.records, 'error').error.exitCode).toBe(4)
  })

  test.each(['', '0', 'false'])('P2P_JSON=%j does not', async (value) => {
    const result = await run(['maddr', 'parse', '/tcp/80'], { env: { P2P_JSON: value } })
    expect(result.code).toBe(0)
    expect(result.stdout).not.toMatch(/^\{/)
  })

  test('P2P_TIMEOUT bounds, and --timeout wins', async () => {
    const server = await tcpServer()
    const result = await run(['dial', '--json', server.address], { env: { P2P_TIMEOUT: '300ms' } })
    expect(result.code).toBe(3)
    expect(only(result.records, 'error').error.message).toMatch(/300 ms/)
    const flag = await run(['dial', '--json', '--timeout', '400ms', server.address], { env: { P2P_TIMEOUT: '1h' } })
    expect(only(flag.records, 'error').error.message).toMatch(/400 ms/)
    expectUsage(
      await run(['dial', server.address], { env: { P2P_TIMEOUT: 'soon' } }),
      /P2P_TIMEOUT: not a duration: "soon"/,
    )
  })

  test('P2P_TRANSPORT, P2P_SECURITY and P2P_MUXER are lists', async () => {
    const env = { P2P_TRANSPORT: 'ws,tcp', P2P_SECURITY: 'tls', P2P_MUXER: 'mplex' }
    const listener = await startListener([], { env })
    expect(listener.addresses).toHaveLength(2)
    expect(listener.quic).toBe('')
    const result = await run(['dial', '--json', listener.ws], { env })
    expect(only(result.records, 'dialed')).toMatchObject({
      transport: 'ws',
      security: '/tls/1.0.0',
      muxer: '/mplex/6.7.0',
    })
    const without = await run(['dial', '--json', listener.tcp], { env: { P2P_TRANSPORT: 'quic' } })
    expect(without.code).toBe(4)
    expectUsage(await run(['dial', listener.tcp], { env: { P2P_TRANSPORT: 'pigeon' } }), /pigeon/)
  })

  test('P2P_CONTENT_TYPE and others are not ours', async () => {
    const result = await run(['maddr', 'parse', '/tcp/80'], { env: { P2P_CONTENT_TYPE: 'json' } })
    expect(result.stdout).not.toMatch(/^\{/)
  })
})

describe('what is printed where', () => {
  test('results are on stdout alone, notes on stderr, and --quiet silences the notes only', async () => {
    const loud = await run(['keygen'])
    expect(loud.code).toBe(0)
    expect(loud.stderr).not.toBe('')
    const quiet = await run(['keygen', '--quiet'])
    expect(quiet).toMatchObject({ code: 0, stderr: '' })
    expect(quiet.stdout).not.toBe('')
    const failed = await run(['dial', '--quiet', `/ip4/127.0.0.1/tcp/${await refusedPort()}`])
    expect(failed).toMatchObject({ code: 4, stdout: '' })
    expect(failed.stderr).toMatch(/refused/)
    const record = await run(['dial', '--quiet', '--json', `/ip4/127.0.0.1/tcp/${await refusedPort()}`])
    expect(only(record.records, 'error').error.exitCode).toBe(4)
  })

  test('text of ping starts with the first pong', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const result = await run(['ping', '-c', '2', '-i', '10ms', listener.tcp])
    expect(result).toMatchObject({ code: 0, stderr: '' })
    const [first] = result.stdout.split('\n')
    expect(first).toMatch(/seq=1 /)
    expect(first).toMatch(/direct/)
    const summary = await run(['ping', '-q', '-c', '1', listener.tcp])
    expect(summary.stdout).not.toMatch(/seq=/)
    expect(summary.stdout).toMatch(/1 .*transmitted|transmitted.*1/)
  })

  test('text of listen is one full address a line', async () => {
    const result = await run(['listen', '--for', '300ms'])
    expect(result.code).toBe(0)
    const lines = result.stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines)
      expect(line).toMatch(/^\/ip4\/127\.0\.0\.1\/(?:tcp|udp)\/\d+(?:\/ws|\/quic-v1)?\/p2p\/12D3KooW\w+$/)
  })

  test('--json as the value of nothing is still found behind other arguments, and not behind --', async () => {
    expectUsageRecord(await run(['dial', '--bad', '--json']), /bad/)
    const behind = await run(['maddr', 'parse', '--', '--json'], { raw: true })
    expect(behind.code).toBe(2)
    expect(behind.stdout).toBe('')
  })
})

describe('colour', () => {
  const csi = '\x1b['
  const refused = ['dial', '/ip4/127.0.0.1/udp/1/webrtc-direct']

  test.each([
    ['a pipe has none', [], {}],
    ['nor with CI', [], { CI: 'true' }],
    ['NO_COLOR wins over nothing', [], { NO_COLOR: '1' }],
    ['--color never wins over FORCE_COLOR', ['--color', 'never'], { FORCE_COLOR: '1' }],
    ['FORCE_COLOR=0 is none', [], { FORCE_COLOR: '0' }],
  ])('%s', async (_name, flags, env: Record<string, string>) => {
    const failed = await run([...refused, ...flags], { env })
    const good = await run(['maddr', 'parse', '/tcp/80', ...flags], { env })
    expect(failed.stderr + good.stdout + good.stderr).not.toContain(csi)
    expect(failed.stderr).not.toBe('')
  })

  test.each([
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }],
    ['--color always', ['--color', 'always'], {}],
    ['--color=always over NO_COLOR', ['--color=always'], { NO_COLOR: '1' }],
  ])('%s forces it', async (_name, flags, env: Record<string, string>) => {
    const failed = await run([...refused, ...flags], { env })
    expect(failed.stderr).toContain(csi)
  })

  test('--color always colours the message of a flag error as well', async () => {
    for (const flags of [['--color=always'], ['--color', 'always']]) {
      expect((await run(['dial', '--bad', ...flags])).stderr).toContain(csi)
    }
  })

  test('records never have it', async () => {
    const result = await run([...refused, '--json', '--color', 'always'], { env: { FORCE_COLOR: '1' } })
    expect(result.stdout).not.toContain(csi)
    expect(only(result.records, 'error').error.exitCode).toBe(4)
  })

  test('a terminal has it, unless NO_COLOR is set', async () => {
    const log = scratchPath('typescript')
    const script = 'script -qec "p2p dial /ip4/127.0.0.1/udp/1/webrtc-direct" "$1" </dev/null >/dev/null; cat "$1"'
    expect((await shell(script, [log])).stdout).toContain(`${csi}3`)
    expect((await shell(script, [log], { env: { NO_COLOR: '1' } })).stdout).not.toMatch(/\x1b\[3\dm/)
  })
})
