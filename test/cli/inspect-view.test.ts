import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { only, run, scratchFile, scratchPath, shell, start, startShell } from '../support/cli.ts'
import { fixtureTrace, linesOf } from '../support/fixture-trace.ts'
import { startListener } from '../support/listener.ts'
import { strangerId } from '../support/peer.ts'
import type { AnyRecord, RecordOf } from '../support/records.ts'

const rowsOf = (records: AnyRecord[]) => records.filter((record): record is RecordOf<'row'> => record.type === 'row')
const phasesOf = ({ phases }: RecordOf<'row'>) => phases.map(({ name }) => name)
const event = (more: object) => JSON.stringify({ type: 'opened', layer: 'connection', atMs: 1, detail: {}, ...more })

describe('a trace in the terminal', () => {
  it('is a waterfall of connections and their streams, 80 columns wide', async () => {
    const { code, stdout, stderr } = await run(['inspect', 'view', fixtureTrace('tcp-noise-yamux')])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      [
        '                             1.300 ms             18.110 ms            34.920 ms',
        'c1 → /ip4/127.0.0.1/tcp/4001 ····--░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒━━━━━━━━━━━━━━━━━━━━━━━━━━',
        '     · resolve 2.100 ms  - transport 1.204 ms  ░ security negotiation 1.586 ms',
        '     ▒ handshake 10.561 ms  ━ open 16.820 ms',
        '     closed by the local side',
        '  1 /ipfs/id/1.0.0                                     ░░▒━━',
        '     ░ negotiation 0.970 ms  ▒ until first byte 0.660 ms  ━ open 1.370 ms',
        '     closed',
        '  3 /ipfs/ping/1.0.0                                           ░░▒▒━━━━━━━━━━',
        '     ░ negotiation 0.970 ms  ▒ until first byte 1.320 ms  ━ open 5.910 ms',
        '     closed',
        '',
      ].join('\n'),
    )
  })

  it('marks where it failed, and says why in whole', async () => {
    const { stdout } = await run(['inspect', 'view', fixtureTrace('failed-dial')])
    expect(stdout).toMatch(/^c1 → \/ip4\/127\.0\.0\.1\/tcp\/1 +-+✗$/m)
    expect(stdout).toContain('failed: transport: connect ECONNREFUSED 127.0.0.1:1')
    expect(stdout).toMatch(/^c2 → \/ip4\/127\.0\.0\.1\/tcp\/4001 +-+░+▒+✗$/m)
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'failed: security: wrong peer ID: expected 12D3KooWCEMpvYJrVUf6dZcbDw8kua9Ym8MdBEqN3jRUVdZ9eUfv, the other side is 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA ',
    )
    expect(stdout).toContain('dropped: address: no transport for this address')
    expect(stdout).toContain('nowhere.invalid\n     failed: address: nowhere.invalid does not exist')
  })

  it.each(['failed-dial', 'hostile', 'quic', 'several', 'tcp-tls-mplex'])('fits its width: %s', async (name) => {
    const { stdout } = await run(['inspect', 'view', fixtureTrace(name)])
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  })

  it('has colour where it is asked for, and only there', async () => {
    const args = ['inspect', 'view', fixtureTrace('failed-dial')]
    expect((await run(args)).stdout).not.toContain('\x1b')
    expect((await run(args, { env: { FORCE_COLOR: '1' } })).stdout).toContain('\x1b[31m✗\x1b[39m')
    expect((await run([...args, '--color', 'never'], { env: { FORCE_COLOR: '1' } })).stdout).not.toContain('\x1b')
  })

  it('shows what a remote sent without its escapes', async () => {
    const text = await run(['inspect', 'view', fixtureTrace('hostile')])
    expect(text.code).toBe(0)
    expect(text.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    // each line of the records was held to the same when it was read
    const { code, records } = await run(['inspect', 'view', '--json', fixtureTrace('hostile')])
    expect(code).toBe(0)
    expect(JSON.stringify(records)).toContain('\\\\u{1b}[31m\\\\u{202e}gnp.exe')
  })
})

describe('the rows of a trace', () => {
  it.each([
    ['tcp', ['tcp', 'noise', 'yamux'], ['transport', 'security-negotiation', 'handshake', 'open']],
    ['tcp', ['tcp', 'tls', 'mplex'], ['transport', 'security-negotiation', 'handshake', 'open']],
    [
      'tcp',
      ['tcp', 'plaintext', 'yamux'],
      ['transport', 'security-negotiation', 'handshake', 'muxer-negotiation', 'open'],
    ],
    ['ws', ['ws', 'noise', 'yamux'], ['transport', 'security-negotiation', 'handshake', 'open']],
    ['quic', ['quic', 'noise', 'yamux'], ['transport', 'open']],
  ] as const)('have the phases that a real ping went through, over %s: %s', async (key, stack, phases) => {
    const [transport, security, muxer] = stack
    const flags = ['--transport', transport, '--security', security, '--muxer', muxer]
    const listener = await startListener(flags)
    const trace = scratchPath('trace.ndjson')
    expect((await run(['ping', '-c', '1', '--inspect-file', trace, ...flags, listener[key]])).code).toBe(0)

    const { code, records, stderr } = await run(['inspect', 'view', '--json', trace])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [connection, stream, ...others] = rowsOf(records)
    if (connection === undefined || stream === undefined) expect.unreachable()
    expect(others).toEqual([])
    expect(connection).toMatchObject({ connection: 'c1', peer: listener.peerId, outcome: 'closed', by: 'local' })
    expect(connection.label).toBe(`c1 → ${listener[key]}`)
    expect(phasesOf(connection)).toEqual(phases)
    expect(stream).toMatchObject({ connection: 'c1', outcome: 'closed' })
    expect(stream.label).toBe(`${stream.stream} /ipfs/ping/1.0.0`)
    expect(phasesOf(stream)).toEqual(['negotiation', 'first-byte', 'open'])
    for (const row of [connection, stream]) {
      const times = row.phases.flatMap(({ startMs, endMs }) => [startMs, endMs])
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }
  })

  it('say at which layer a real dial failed, as the error did', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const trace = scratchPath('trace.ndjson')
    const wrong = listener.tcp.replace(listener.peerId, await strangerId())
    const dialed = await run(['dial', '--json', '--inspect-file', trace, wrong])
    const { error } = only(dialed.records, 'error')
    const [row] = rowsOf((await run(['inspect', 'view', '--json', trace])).records)
    expect(row).toMatchObject({ outcome: 'failed', layer: 'security', reason: error.message })
  })

  it('keep connections, streams and both sides apart', async () => {
    const { records } = await run(['inspect', 'view', '--json', fixtureTrace('several')])
    expect(
      rowsOf(records).map(({ connection, stream, label, outcome }) => [connection, stream, label, outcome]),
    ).toEqual([
      ['c1', undefined, expect.stringMatching(/^c1 → \/ip4\/192\.0\.2\.7\//), 'closed'],
      ['c1', '1', '1 /ipfs/id/1.0.0', 'closed'],
      ['c1', '3', '3 /ipfs/ping/1.0.0', 'closed'],
      ['c2', undefined, expect.stringMatching(/^c2 ← \/ip4\/198\.51\.100\.4\//), 'open'],
      ['c2', '1', '1 /x/unknown/1.0.0', 'failed'],
      ['c2', '3', '3 /chat/1.0.0', 'open'],
      ['c3', undefined, expect.stringMatching(/^c3 ← \/ip4\/203\.0\.113\.9\//), 'failed'],
    ])
  })

  it('are the same from stdin', async () => {
    const file = await run(['inspect', 'view', '--json', fixtureTrace('quic')])
    const input = readFileSync(fixtureTrace('quic'))
    const stdin = await run(['inspect', 'view', '--json', '-'], { input })
    expect(stdin).toMatchObject({ code: 0, stderr: '' })
    expect(stdin.stdout).toBe(file.stdout)
  })

  it('do without an event that is not known here', async () => {
    const input = [...linesOf('quic'), event({ type: 'frobbed', connection: 'c1', atMs: 30 })].join('\n')
    const { code, records } = await run(['inspect', 'view', '--json', '-'], { input })
    expect(code).toBe(0)
    expect(rowsOf(records)).toHaveLength(2)
  })
})

describe('what is no trace', () => {
  it.each([
    ['text', 'hello', 'not JSON'],
    ['a number', '1', 'not a JSON object'],
    ['a list', '[]', 'not a JSON object'],
    ['no type', event({ type: undefined }), 'no event type in "type"'],
    ['a layer that does not exist', event({ layer: 'presentation' }), 'not a layer: "presentation"'],
    ['a layer with escapes', event({ layer: '\x1b[2J' }), 'not a layer: "\\u001b[2J"'],
    ['a time that is none', event({ atMs: -1 }), 'not a number of milliseconds in "atMs"'],
    ['a time after the end of time', event({ atMs: Number.MAX_SAFE_INTEGER }), 'not a number of milliseconds'],
    ['a time without end', '{"type":"x","layer":"stream","atMs":1e999,"detail":{}}', 'not a number of milliseconds'],
    ['no detail', event({ detail: undefined }), 'not an object in "detail"'],
    ['a connection that is a number', event({ connection: 1 }), 'not a text in "connection"'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff]), 'not UTF-8'],
  ])('is 7 with the number of the line: %s', async (_name, line, reason) => {
    const file = scratchFile(Buffer.concat([Buffer.from(`${event({})}\n\n`), Buffer.from(line), Buffer.from('\n')]))
    const { code, records } = await run(['inspect', 'view', '--json', file])
    expect(code).toBe(7)
    const { error } = only(records, 'error')
    expect(error).toMatchObject({ code: 'local', exitCode: 7 })
    expect(error.message).toContain(`${file}, line 3: ${reason}`)
    expect(error.suggestions).toEqual([expect.stringContaining('--inspect-file')])
  })

  it.each([
    ['missing', () => scratchPath('missing')],
    ['a directory', () => '/'],
  ])('is 7 with its path: %s', async (_name, path) => {
    const file = path()
    const { code, stdout, stderr } = await run(['inspect', 'view', file])
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(stderr).toContain(`cannot read ${file}`)
  })

  it('is 2 where no file is named', async () => {
    expect((await run(['inspect', 'view'])).code).toBe(2)
    expect((await run(['inspect', 'view', '--force', fixtureTrace('quic')])).code).toBe(2)
  })

  it.each([
    ['a line without an end', `head -c 100000000 /dev/zero`, 'line 1 of stdin: it is larger than 4194304 bytes'],
    ['bytes without an end', `yes "$(printf '%100000s')"`, 'stdin: it is larger than 268435456 bytes'],
    [
      'connections without an end',
      `seq -f '${event({ connection: 'c%.0f' })}' 100001`,
      'stdin: it has more than 100000 connections and streams',
    ],
    ['events without an end', `yes '${event({})}'`, 'stdin: it has more than 1000000 events'],
  ])('is 7 where it is too large: %s', async (_name, writer, reason) => {
    const { code, stderr } = await shell(`${writer} | p2p inspect view -; exit "\${PIPESTATUS[1]}"`)
    expect(code).toBe(7)
    expect(stderr).toContain(`cannot read ${reason}`)
  })
})

describe('a trace whose writer was stopped', () => {
  it('is shown up to there, with a note', async () => {
    const whole = linesOf('quic').join('\n')
    for (const cut of [1, 20, 100]) {
      const file = scratchFile(whole.slice(0, -cut))
      const { code, stdout, stderr } = await run(['inspect', 'view', file])
      expect(code).toBe(0)
      expect(stderr).toBe(`line 18 of ${file} was cut off: whoever wrote it was stopped\n`)
      expect(stdout).toContain('c1 → ')
      expect((await run(['inspect', 'view', '--quiet', file])).stderr).toBe('')
    }
  })

  it('may be cut within a character', async () => {
    const bytes = Buffer.from(event({ type: 'é' }))
    const file = scratchFile(Buffer.concat([Buffer.from(`${event({})}\n`), bytes.subarray(0, bytes.indexOf(0xa9))]))
    const { code, stderr } = await run(['inspect', 'view', file])
    expect(code).toBe(0)
    expect(stderr).toContain('line 2')
  })

  it('may have no event at all', async () => {
    const file = scratchFile('')
    const result = await run(['inspect', 'view', file])
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: `${file} holds no event\n` })
  })

  it('may not be finished yet: Ctrl-C ends the reading', async () => {
    const running = start(['inspect', 'view', '-'])
    // more than a pipe holds: it is taken once somebody reads
    await new Promise((resolve) => running.child.stdin.write('\n'.repeat(1 << 20), resolve))
    expect((await running.stop('SIGINT')).code).toBe(130)
  })

  it('may be a FIFO that nobody writes to: Ctrl-C ends the waiting', async () => {
    const fifo = scratchPath('fifo')
    // the shell's open for writing ends when the command has opened it for reading
    const running = startShell('mkfifo "$1"; p2p inspect view "$1" & exec 3>"$1"; kill -INT $!; wait $!', [fifo])
    expect((await running.exited).code).toBe(130)
  })
})

describe('--html', () => {
  it('writes one whole file, which nobody else may read: it tells as much as the trace', async () => {
    const folder = scratchPath('folder')
    mkdirSync(folder)
    const page = join(folder, 'trace.html')
    const { code, stdout } = await shell(`umask 000; p2p inspect view --json --html "$1" "$2"`, [
      page,
      fixtureTrace('several'),
    ])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ type: 'page', file: page, events: 74, rows: 7 })
    expect(readdirSync(folder)).toEqual(['trace.html'])
    expect(statSync(page).mode & 0o777).toBe(0o600)
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>.*<\/html>\n$/s)
  })

  it('replaces a file only with --force', async () => {
    const page = scratchFile('precious')
    const args = ['inspect', 'view', '--html', page, fixtureTrace('quic')]
    const refused = await run(args)
    expect(refused).toMatchObject({ code: 7, stdout: '' })
    expect(refused.stderr).toContain(page)
    expect(refused.stderr).toContain('--force')
    expect(readFileSync(page, 'utf8')).toBe('precious')
    expect((await run([...args, '--force'])).code).toBe(0)
    expect(readFileSync(page, 'utf8')).toContain('<!doctype html>')
  })

  it('never replaces the trace itself', async () => {
    const trace = scratchFile(linesOf('quic').join('\n'))
    const { code, stderr } = await run([
      'inspect',
      'view',
      '--html',
      join(trace, '..', basename(trace)),
      '--force',
      trace,
    ])
    expect(code).toBe(2)
    expect(stderr).toContain('the page would replace its trace')
    expect(readFileSync(trace, 'utf8')).toBe(linesOf('quic').join('\n'))
  })

  it('writes nothing of what is no trace', async () => {
    const page = scratchPath('trace.html')
    expect((await run(['inspect', 'view', '--html', page, scratchFile('hello\n')])).code).toBe(7)
    expect(() => statSync(page)).toThrow()
  })

  it('of - is stdout', async () => {
    const page = scratchPath('trace.html')
    const trace = fixtureTrace('quic')
    expect((await run(['inspect', 'view', '--html', page, trace])).code).toBe(0)
    const piped = await run(['inspect', 'view', '--html', '-', trace])
    expect(piped).toMatchObject({ code: 0, stderr: '' })
    expect(piped.stdoutBytes.equals(readFileSync(page))).toBe(true)
  })

  it('lets no text of a remote be markup, and allows no network', async () => {
    const { stdout } = await run(['inspect', 'view', '--html', '-', fixtureTrace('hostile')])
    expect(stdout).toContain("content=\"default-src 'none'; style-src 'sha256-")
    expect(stdout.match(/<\/?script\b/gi)).toEqual(['<script', '</script', '<script', '</script'])
    expect(stdout).not.toMatch(/<img|<!--|https?:|@import url|url\(/i)
  })
})
