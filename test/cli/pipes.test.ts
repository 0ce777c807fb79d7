import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, test } from 'vitest'
import { only, type Result, run, scratchFile, scratchPath, shell, start, startShell } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { startPeer } from '../support/peer.ts'
import { parseRecord } from '../support/records.ts'
import { refusedPort } from '../support/servers.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function expectNoCrash(result: Result): void {
  expect(result.stderr).not.toMatch(/^\s+at |EPIPE|EBADF|Unhandled|node:internal/m)
}

test.each([
  'maddr parse --json /ip4/1.2.3.4 nonsense /tcp/1',
  'maddr parse /ip4/1.2.3.4',
  'keygen --json',
  'listen --json --transport tcp',
])('%s onto a full disk is 7, and says so on stderr', async (command) => {
  const result = await shell(`p2p ${command} >/dev/full; echo "code $?"`)
  expectNoCrash(result)
  expect(result.stdout).toBe('code 7\n')
  expect(result.stderr).toMatch(/no space left on device/)
})

describe('a reader that leaves', () => {
  test.each(['', '--json'])('ping %s | head -1 ends with 0 at the next write', async (flag) => {
    const listener = await startListener(['--transport', 'tcp'])
    const script = `p2p ping ${flag} -i 50ms "$1" | head -1; echo "codes \${PIPESTATUS[*]}"`
    const result = await shell(script, [listener.tcp])
    expectNoCrash(result)
    const [first, codes] = result.stdout.trimEnd().split('\n')
    expect(first).toContain(listener.peerId)
    expect(codes).toBe('codes 0 0')
  })

  test('maddr parse - | head -1 of an input without end ends with 0', async () => {
    const result = await shell(
      'yes /ip4/1.2.3.4/tcp/80 | p2p maddr parse --json - | head -1; echo "codes ${PIPESTATUS[1]} ${PIPESTATUS[2]}"',
    )
    expectNoCrash(result)
    const [first, codes] = result.stdout.trimEnd().split('\n')
    expect(parseRecord(first ?? '')).toMatchObject({ string: '/ip4/1.2.3.4/tcp/80' })
    expect(codes).toBe('codes 0 0')
  })

  test('maddr parse of bad lines | head -1 ends with 0', async () => {
    const result = await shell('yes nonsense | p2p maddr parse --json - | head -1; echo "codes ${PIPESTATUS[1]}"')
    expectNoCrash(result)
    // the reader saw a failure, and left: nothing that the command did went wrong, but its input had
    expect(result.stdout).toMatch(/\ncodes [02]\n$/)
  })

  test('listen | head -1 ends at its next write', async () => {
    const listener = startShell('p2p listen --json --transport tcp | head -1 ; echo "codes ${PIPESTATUS[*]}"')
    const line = await listener.line(/listening/)
    const [address = ''] = (parseRecord(line) as { addresses: string[] }).addresses
    // each connection is a record that nobody reads
    for (;;) {
      const { code } = await run(['dial', '--timeout', '2s', address])
      if (code !== 0) break
    }
    await listener.line(/^codes 0 0$/)
  })

  test.each(['tcp', 'ws', 'quic'] as const)(
    'dial --protocol | head -c of a stream without end ends with 0, over %s',
    async (transport) => {
      const file = scratchPath('addresses')
      const flood = startShell('yes | p2p listen --quiet --transport "$1" --address-file "$2" --protocol /flood', [
        transport,
        file,
      ])
      const address = await flood.line(/^\/ip4/, 'stderr')
      const script = 'p2p dial --protocol /flood "$1" </dev/null | head -c 100000; echo "codes ${PIPESTATUS[*]}"'
      const result = await shell(script, [address])
      expectNoCrash(result)
      expect(result.stdout.replaceAll('y\n', '')).toBe('codes 0 0\n')
    },
  )
})

describe('a slow reader', () => {
  test('of a listener makes it drop and count events, and keep answering', async () => {
    const listener = await startListener(['--transport', 'tcp', '--echo'])
    listener.running.child.stdout.pause()
    const visitor = await startPeer()
    const connection = await visitor.libp2p.dial(multiaddr(listener.tcp))
    // a stream is two records of about 400 bytes: 4,000 are more than the pipe and the queue hold
    for (let round = 0; round < 250; round++) {
      const streams = await Promise.all(Array.from({ length: 16 }, () => connection.newStream('/echo/1.0.0')))
      for (const stream of streams) stream.abort(new Error('enough'))
    }
    // it goes on answering while nobody reads
    expect((await run(['ping', '-c', '1', listener.tcp])).code).toBe(0)
    listener.running.child.stdout.resume()
    const dropped = await listener.waitFor('dropped')
    expect(dropped.count).toBeGreaterThan(0)
    expect((await listener.stop()).code).toBe(0)
  })

  test('of maddr parse gets every record', async () => {
    const lines = 20_000
    const input = scratchFile('/ip4/1.2.3.4/tcp/80\n'.repeat(lines))
    const result = await shell(
      'p2p maddr parse --json - <"$1" | { read -r first; sleep 1; wc -l; }; echo "codes ${PIPESTATUS[0]}"',
      [input],
    )
    expect(result.stdout.replaceAll(' ', '')).toBe(`${lines - 1}\ncodes0\n`)
  })

  test.each(['tcp', 'ws', 'quic'] as const)(
    'of a stream slows the sender down, and gets all of it, over %s',
    async (transport) => {
      const total = 96 * 1024 * 1024
      const receiver = start(['listen', '--json', '--transport', transport, '--protocol', '/files'], { raw: true })
      const line = await receiver.line(/"listening"/, 'stderr')
      const [address = ''] = (parseRecord(line) as { addresses: string[] }).addresses
      receiver.child.stdout.pause()
      const sender = start(['dial', '--quiet', '--protocol', '/files', address], { raw: true })
      const chunk = Buffer.alloc(64 * 1024, 7)
      const { promise: stalled, resolve: stall } = Promise.withResolvers<void>()
      let written = 0
      const write = async () => {
        for (; written < total; written += chunk.length) {
          if (sender.child.stdin.write(chunk)) continue
          // nobody takes it any more: the slow reader is felt
          const waiting = setTimeout(stall, 3000)
          await new Promise((resolve) => sender.child.stdin.once('drain', resolve))
          clearTimeout(waiting)
        }
        sender.child.stdin.end()
      }
      const writing = write()
      await Promise.race([stalled, writing])
      expect(written).toBeLessThan(total)
      receiver.child.stdin.end()
      receiver.child.stdout.resume()
      await writing
      expect((await sender.exited).code).toBe(0)
      const received = await receiver.exited
      expect(received.code).toBe(0)
      expect(received.stdoutBytes.length).toBe(total)
    },
  )
})

describe('stdin', () => {
  test.each([
    ['p2p maddr parse /ip4/1.2.3.4 >/dev/null', 0],
    ['p2p dial "$1" >/dev/null 2>&1', 4],
    ['p2p ping -c 1 "$1" >/dev/null 2>&1', 4],
    ['p2p identify "$1" >/dev/null 2>&1', 4],
    ['p2p keygen >/dev/null 2>&1', 0],
  ])('of a while-read loop is left alone by %s', async (command, code) => {
    const script = `printf 'a\\nb\\n' | while read x; do ${command}; echo "$x $?"; done`
    const result = await shell(script, [`/ip4/127.0.0.1/tcp/${await refusedPort()}`])
    expect(result.stdout).toBe(`a ${code}\nb ${code}\n`)
  })

  test('of a while-read loop is left alone by dial, ping and identify that succeed, and by a listener', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const script = `printf 'a\\nb\\n' | while read x; do
      p2p dial "$1" >/dev/null && p2p ping -c 1 "$1" >/dev/null && p2p identify "$1" >/dev/null && p2p listen --for 100ms >/dev/null; echo "$x $?"; done`
    expect((await shell(script, [listener.tcp])).stdout).toBe('a 0\nb 0\n')
  })

  test('does not stand in for a missing argument', async () => {
    const result = await run(['maddr', 'parse'], { input: '/ip4/1.2.3.4\n' })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect((await run(['dial'], { input: '/ip4/127.0.0.1/tcp/1\n' })).code).toBe(2)
  })

  test('- reads lines: trimmed, blank ones passed over, the last without its end', async () => {
    const result = await run(['maddr', 'parse', '--json', '-'], { input: '\n  /ip4/1.2.3.4\t\r\n\n/tcp/80' })
    expect(result.code).toBe(0)
    expect(result.records).toMatchObject([{ string: '/ip4/1.2.3.4' }, { string: '/tcp/80' }])
  })

  test('a bad line gives its error record, and the rest goes on', async () => {
    const result = await run(['maddr', 'parse', '--json', '-'], { input: '/ip4/1.2.3.4\n/ip4/nonsense\n/tcp/80\n' })
    expect(result.code).toBe(2)
    expect(result.records.map((record) => record.type)).toEqual(['multiaddr', 'error', 'multiaddr'])
    expect(only(result.records, 'error')).toMatchObject({
      input: '/ip4/nonsense',
      index: 2,
      error: { code: 'usage', exitCode: 2 },
    })
  })

  test('an empty one gives nothing', async () => {
    expect(await run(['maddr', 'parse', '--json', '-'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })
})

describe('closed descriptors do not crash', () => {
  const cases: Array<[string, number[]]> = [
    ['p2p maddr parse /ip4/1.2.3.4', [0]],
    ['p2p maddr parse --json /ip4/1.2.3.4', [0]],
    ['p2p maddr parse nonsense', [2, 0]],
    ['p2p listen --transport tcp --for 300ms', [0]],
    ['p2p listen --json --transport tcp --for 300ms', [0]],
    ['p2p ping -c 1 "$1"', [0]],
    ['p2p ping --json -c 1 "$1"', [0]],
    ['p2p dial "$1"', [0]],
    ['p2p dial --protocol /echo/1.0.0 "$1"', [0]],
    ['p2p identify "$1"', [0]],
    ['p2p keygen', [0]],
  ]
  test.each(
    cases.flatMap(([command, codes]) =>
      ['>&-', '<&-', '2>&-', '</dev/null', '>&- 2>&- <&-'].map((closed) => ({ command, closed, codes })),
    ),
  )('$command $closed', async ({ command, closed, codes }) => {
    const listener = command.includes('$1') ? await startListener(['--transport', 'tcp', '--echo']) : undefined
    const result = await shell(`${command} ${closed}\nexit $?`, [listener?.tcp ?? ''])
    expectNoCrash(result)
    expect(codes).toContain(result.code)
  })
})

describe('a stream joined to stdin and stdout', () => {
  test.each(['tcp', 'ws', 'quic'] as const)(
    'carries 10 MiB to /echo/1.0.0 and back unchanged, over %s',
    async (transport) => {
      const listener = await startListener(['--transport', transport, '--echo'])
      const file = scratchPath('sent')
      const bytes = randomBytes(10 * 1024 * 1024)
      writeFileSync(file, bytes)
      const received = scratchPath('received')
      const result = await shell('p2p dial --quiet --protocol /echo/1.0.0 "$1" <"$2" >"$3"', [
        listener[transport],
        file,
        received,
      ])
      expect(result).toMatchObject({ code: 0, stderr: '' })
      expect(sha256(readFileSync(received))).toBe(sha256(bytes))
    },
  )

  test.each(['mplex', 'yamux'])('carries 10 MiB over tls and %s', async (muxer) => {
    const listener = await startListener(['--transport', 'tcp', '--security', 'tls', '--muxer', muxer, '--echo'])
    const bytes = randomBytes(10 * 1024 * 1024)
    const flags = ['--security', 'tls', '--muxer', muxer, '--protocol', '/echo/1.0.0']
    const result = await run(['dial', ...flags, listener.tcp], { input: bytes, raw: true })
    expect(result.code).toBe(0)
    expect(sha256(result.stdoutBytes)).toBe(sha256(bytes))
  })

  test.each(['tcp', 'ws', 'quic'] as const)('carries an empty input, over %s', async (transport) => {
    const listener = await startListener(['--transport', transport, '--echo'])
    const result = await run(['dial', '--protocol', '/echo/1.0.0', listener[transport]])
    expect(result).toMatchObject({ code: 0, stdout: '' })
  })

  test.each(['tcp', 'ws', 'quic'] as const)(
    'listen --protocol and dial --protocol carry both directions, over %s',
    async (transport) => {
      const [up, down] = [randomBytes(3 * 1024 * 1024), randomBytes(2 * 1024 * 1024)]
      const server = start(['listen', '--json', '--transport', transport, '--protocol', '/files/1.0.0'], { raw: true })
      const line = await server.line(/"listening"/, 'stderr')
      const [address = ''] = (parseRecord(line) as { addresses: string[] }).addresses
      server.child.stdin.end(down)
      const client = await run(['dial', '--protocol', '/files/1.0.0', address], { input: up, raw: true })
      expect(client.code).toBe(0)
      expect(sha256(client.stdoutBytes)).toBe(sha256(down))
      const served = await server.exited
      expect(served.code).toBe(0)
      expect(sha256(served.stdoutBytes)).toBe(sha256(up))
    },
  )

  test('the end of stdin half-closes: the answer still comes', async () => {
    const peer = await startPeer({
      handlers: {
        '/count': (stream) => {
          let bytes = 0
          stream.addEventListener('message', (event) => {
            bytes += event.data.byteLength
          })
          stream.addEventListener('remoteCloseWrite', () => {
            stream.send(Buffer.from(`${bytes} bytes`))
            stream.close()
          })
        },
      },
    })
    const result = await run(['dial', '--protocol', '/count', peer.address], { input: 'x'.repeat(100_000) })
    expect(result).toMatchObject({ code: 0, stdout: '100000 bytes' })
  })

  test('single writes arrive while stdin stays open', async () => {
    const listener = await startListener(['--transport', 'tcp', '--echo'])
    const running = start(['dial', '--protocol', '/echo/1.0.0', listener.tcp])
    for (const word of ['one', 'two', 'three']) {
      running.child.stdin.write(word)
      await running.until(() => running.stdout.endsWith(word))
    }
    running.child.stdin.end()
    expect(await running.exited).toMatchObject({ code: 0, stdout: 'onetwothree' })
  })

  test('a reset by the other side is 6, and what came before it is written', async () => {
    const peer = await startPeer({
      handlers: {
        '/reset': (stream) => {
          stream.send(Buffer.from('before'))
          setTimeout(() => stream.abort(new Error('enough')), 200)
        },
      },
    })
    const running = start(['dial', '--protocol', '/reset', peer.address])
    const result = await running.exited
    expect(result).toMatchObject({ code: 6, stdout: 'before' })
    expect(result.stderr).toMatch(/reset/)
  })

  test('records go to stderr where stdout is bytes', async () => {
    const listener = await startListener(['--transport', 'tcp', '--echo'])
    const result = await run(['dial', '--json', '--protocol', '/echo/1.0.0', listener.tcp], { input: 'bytes' })
    expect(result).toMatchObject({ code: 0, stdout: 'bytes' })
    expect(only(result.records, 'dialed').peer).toBe(listener.peerId)
  })

  test('a second stream is reset while the first is joined', async () => {
    const server = start(['listen', '--json', '--transport', 'tcp', '--protocol', '/chat'])
    const [address = ''] = (await server.record('listening')).addresses
    const first = start(['dial', '--protocol', '/chat', address])
    first.child.stdin.write('first')
    await server.until(() => server.stdout === 'first')
    const second = await run(['dial', '--protocol', '/chat', address], { input: 'second' })
    expect(second.code).toBe(6)
    first.child.stdin.end(' still')
    server.child.stdin.end('and back')
    expect(await first.exited).toMatchObject({ code: 0, stdout: 'and back' })
    expect(await server.exited).toMatchObject({ code: 0, stdout: 'first still' })
  })

  test('bytes are sanitised on a terminal, unless --raw', async () => {
    const peer = await startPeer({
      handlers: {
        '/raw': async (stream) => {
          stream.send(Buffer.from('\x1b[31mred\n'))
          await stream.close()
        },
      },
    })
    const onTerminal = async (flags: string) =>
      (await shell(`script -qec "p2p dial --quiet ${flags} --protocol /raw $1 </dev/null" /dev/null`, [peer.address]))
        .stdout
    expect(await onTerminal('')).toContain('\\u{1b}[31mred')
    expect(await onTerminal('--raw')).toContain('\x1b[31mred')
  })

  test('bytes are verbatim into a file', async () => {
    const peer = await startPeer({
      handlers: {
        '/raw': async (stream) => {
          stream.send(Buffer.from('\x1b[31m\x00\xff', 'latin1'))
          await stream.close()
        },
      },
    })
    const file = scratchPath('raw')
    const result = await shell('p2p dial --protocol /raw "$1" </dev/null >"$2"', [peer.address, file])
    expect(result.code).toBe(0)
    expect(readFileSync(file).toString('latin1')).toBe(Buffer.from('\x1b[31m\x00\xff', 'latin1').toString('latin1'))
  })
})
