import { spawnSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { only, type Result, run, scratchFile, scratchPath } from '../support/cli.ts'

/** Every form in which a seed could stand in a text. */
function formsOf(pem: string): string[] {
  const seed = Buffer.from(createPrivateKey(pem).export({ format: 'jwk' }).d ?? '', 'base64url')
  const body = pem.split('\n').slice(1, -2).join('')
  return [seed.toString('hex'), seed.toString('base64url'), seed.toString('base64'), body, body.slice(24)]
}

function expectNoSecret({ stdout, stderr }: Result, pem: string): void {
  for (const form of [...formsOf(pem), 'PRIVATE KEY']) {
    expect(stdout).not.toContain(form)
    expect(stderr).not.toContain(form)
  }
}

const openssl = (...args: string[]) => spawnSync('openssl', args, { encoding: 'utf8' }).stdout

describe('a private key', () => {
  let file = ''
  let pem = ''
  beforeAll(async () => {
    file = scratchPath('node.pem')
    await run(['keygen', '-o', file])
    pem = readFileSync(file, 'utf8')
  })

  it.each([[[]], [['--json']]])('is not printed by keygen, inspect and convert %j', async (flags) => {
    const made = scratchPath('other.pem')
    expectNoSecret(await run(['keygen', '-o', made, ...flags]), readFileSync(made, 'utf8'))
    expectNoSecret(await run(['key', 'inspect', file, ...flags]), pem)
    for (const format of ['pem', 'protobuf', 'jwk', 'raw']) {
      const args = ['key', 'convert', file, '-o', scratchPath(), '--format', format, ...flags]
      expectNoSecret(await run(args), pem)
    }
  })

  it.each([
    ['cut short', (text: string) => text.slice(0, -40)],
    ['with a byte changed', (text: string) => text.replace('MC4CAQAwBQ', 'MC4CAQAwBR')],
    ['under another label', (text: string) => text.replaceAll('PRIVATE', 'SECRET')],
    ['without its first line', (text: string) => text.slice(text.indexOf('\n') + 1)],
  ])('is not quoted by the refusal of a file %s', async (_name, damage) => {
    const result = await run(['key', 'inspect', scratchFile(damage(pem))])
    expect(result.code).toBe(7)
    const [, , , body = ''] = formsOf(pem)
    expect(result.stderr).not.toContain(body.slice(24, 50))
  })

  it('of a type that is not offered is refused in one line', async () => {
    const ecdsa = openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256')
    const { code, stdout, stderr } = await run(['key', 'inspect', scratchFile(ecdsa)])
    expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 7, stdout: '', lines: 1 })
    expect(stderr).toContain('ECDSA')
    const json = await run(['key', 'inspect', scratchFile(ecdsa), '--json'])
    expect(only(json.records, 'error').error).toMatchObject({ code: 'local', exitCode: 7, layer: 'identity' })
  })

  it.each([
    ['an RSA key of 1024 bits', () => openssl('genrsa', '1024')],
    ['a public key', () => openssl('pkey', '-in', file, '-pubout')],
    ['a text', () => 'hello\n'],
    ['nothing', () => ''],
    ['zeros', () => '\0'.repeat(1000)],
    ['more than a key can be', () => 'A'.repeat(2_000_000)],
  ])('is not seen in %s', async (_name, content) => {
    const path = scratchFile(content())
    const { code, stdout, stderr } = await run(['key', 'inspect', path])
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(stderr.split('\n')[0]).toContain(path)
  })

  it('that is not there is refused by its path', async () => {
    for (const path of [scratchPath('absent'), '/']) {
      const { code, stderr } = await run(['key', 'inspect', path])
      expect(code).toBe(7)
      expect(stderr).toContain(path)
    }
  })
})
