import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { run } from '../support/cli.ts'

const root = new URL('../../', import.meta.url)
/** The commands by their files, such as `maddr parse`. */
const commands = readdirSync(new URL('src/commands', root), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, '').replaceAll('/', ' '))
  .toSorted()

describe('p2p help', () => {
  it.each([[['help']], [['--help']], [[]]])('lists every command and topic: p2p %j', async (args) => {
    const { code, stdout, stderr } = await run(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const name of commands) expect(stdout).toMatch(new RegExp(`^ +${name.split(' ')[0]} `, 'm'))
  })

  it.each([
    ['bootstrap', 'list'],
    ['bootstrap', 'check'],
    ['discover', 'bootstrap'],
    ['maddr', 'parse'],
    ['maddr', 'resolve'],
    ['key', 'inspect'],
    ['key', 'convert'],
    ['peer-id', 'inspect'],
  ])('of the topic %s shows %s', async (topic, command) => {
    for (const args of [['help', topic], [topic], [topic, '--help']]) {
      const { code, stdout } = await run(args)
      expect(code).toBe(0)
      expect(stdout).toContain(`${topic} ${command}`)
    }
  })

  it.each(commands)('of %s begins with examples, and is the same both ways', async (command) => {
    const words = command.split(' ')
    const { code, stdout, stderr } = await run([...words, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const examples = stdout.indexOf('EXAMPLES')
    expect(examples).toBeGreaterThan(-1)
    expect(stdout.slice(examples)).toMatch(new RegExp(`(?:\\$ |\\| )p2p ${command} `))
    expect(stdout).toContain('--json')
    for (const later of ['FLAGS', 'ARGUMENTS', 'OUTPUT FLAGS', 'NETWORK FLAGS']) {
      const at = stdout.search(new RegExp(`^${later}$`, 'm'))
      if (at !== -1) expect(at).toBeGreaterThan(examples)
    }
    expect((await run(['help', ...words])).stdout).toBe(stdout)
  })

  it('names the flags of network commands', async () => {
    const { stdout } = await run(['help', 'dial'])
    const flags = ['key', 'key-passphrase-file', 'transport', 'security', 'muxer', 'psk', 'tls-ca', 'dns', 'timeout']
    for (const flag of [...flags, 'expect-peer', 'protocol', 'for', 'quiet', 'color'])
      expect(stdout).toContain(`--${flag}`)
    expect(stdout).not.toMatch(/undefined|\[object/)
  })
})

describe('a mistyped command', () => {
  it.each([
    [['lisen'], 'listen'],
    [['diall', '/ip4/127.0.0.1/tcp/1'], 'dial'],
    [['madr', 'parse', '/tcp/1'], 'maddr'],
    [['maddr', 'pares'], 'maddr parse'],
    [['keygne', '-o', 'x'], 'keygen'],
  ])('%j gets the nearest name in one line, and exit 2', async (args, nearest) => {
    const { code, stdout, stderr } = await run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain(`p2p ${nearest}`)
  })

  it.each([
    [['bootstrap', 'check', 'staging'], 'unexpected argument "staging": see p2p bootstrap check --help'],
    [['dht', 'walk', 'foo', 'bar'], 'unexpected argument "foo bar": see p2p dht walk --help'],
  ])('%j is a command with an argument too many', async (args, message) => {
    expect(await run(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
  })

  it('that resembles nothing is refused too', async () => {
    expect(await run(['frobnicate'])).toMatchObject({ code: 2, stdout: '' })
  })

  it.each([
    ['an unknown flag', ['dial', '--nonsense', '/ip4/127.0.0.1/tcp/1']],
    ['a missing argument', ['dial']],
    ['too many arguments', ['key', 'inspect', 'a', 'b']],
    ['a value that is not offered', ['dial', '--security', 'rot13', '/ip4/127.0.0.1/tcp/1']],
    ['a flag without its value', ['keygen', '-o']],
  ])('%s is usage, on stderr', async (_name, args) => {
    const { code, stdout, stderr } = await run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error /)
  })
})

it.each([
  ['-v', /^p2p-toolkit\/\d/],
  ['-h', /^One command-line toolkit/],
])('%s is short for what people expect', async (flag, shown) => {
  expect(await run([flag])).toMatchObject({ code: 0, stdout: expect.stringMatching(shown) })
})

describe('the installed shape', () => {
  it('has a manifest with exactly the commands on disk', () => {
    const manifest = JSON.parse(readFileSync(new URL('oclif.manifest.json', root), 'utf8'))
    expect(Object.keys(manifest.commands).toSorted()).toEqual(
      commands.map((name) => name.replaceAll(' ', ':')).toSorted(),
    )
  })

  it.each(['bash', 'zsh'])('completes in %s', async (shell) => {
    const { code, stdout } = await run(['autocomplete', shell])
    expect(code).toBe(0)
    expect(stdout).toContain('p2p')
    const script = await run(['autocomplete:script', shell])
    expect(script.code).toBe(0)
  })
})
