import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultBootstrapAddresses } from '../../src/lib/addresses/bootstrap/defaults.ts'
import { BootstrapList } from '../../src/lib/addresses/bootstrap/list.ts'
import { bootstrapListName, readBootstrapList } from '../../src/lib/addresses/bootstrap/list-file.ts'
import { bootstrapPeer } from '../../src/lib/addresses/bootstrap/peer.ts'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { scratchPath } from '../support/cli.ts'

const peer = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const addressOf = (port: number) => `/ip4/127.0.0.1/tcp/${port}/p2p/${peer}`

describe('the text of a bootstrap list', () => {
  it('is addresses, comments and blank lines, with either line end and a byte order mark', () => {
    const text = `\ufeff${addressOf(1)}\r\n\n# ${addressOf(9)}\r\n  ${addressOf(2)}/ \t# the second\n\t#\n${addressOf(1)}`
    expect(new BootstrapList(text, 'x').peers).toEqual([1, 2].map((port) => ({ address: addressOf(port), peer })))
  })

  it('keeps every line that is not changed as it is', () => {
    const text = `# mine\n\n${addressOf(1)}   # first\r\n${addressOf(2)}\n${addressOf(1)}/\n# end`
    const list = new BootstrapList(text, 'x')
    expect(list.toString()).toBe(`${text}\n`)
    expect(list.add(bootstrapPeer(addressOf(2)))).toBe(false)
    expect(list.add(bootstrapPeer(addressOf(3)))).toBe(true)
    expect(list.remove(addressOf(1))).toBe(true)
    expect(list.remove(addressOf(1))).toBe(false)
    expect(list.toString()).toBe(`# mine\n\n${addressOf(2)}\n# end\n${addressOf(3)}\n`)
  })

  it('may hold anything: it is a list, or a refusal that names the line', () => {
    const line = fc.constantFrom('', '#', ' ', '\r', addressOf(1), addressOf(2), '/ip4', `/p2p/${peer}`, '/unix/a')
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.string({ unit: 'binary' }), (lines, tail) => {
        const whole = [...lines, tail].join('\n')
        try {
          const list = new BootstrapList(whole, 'x')
          expect(new BootstrapList(list.toString(), 'x').peers).toEqual(list.peers)
        } catch (error) {
          if (!(error instanceof ToolkitError)) throw error
          expect(error.code).toBe('local')
          expect(error.message).toMatch(/^x:\d+: [^\n]+$/)
        }
      }),
    )
  })
})

describe('an address to bootstrap from', () => {
  it('is canonical, and says whose it is', () => {
    expect(bootstrapPeer(`/ip4/127.0.0.1/tcp/1/ipfs/${peer}/`)).toEqual({ address: addressOf(1), peer })
    const relayed = `${addressOf(1)}/p2p-circuit/p2p/QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN`
    expect(bootstrapPeer(relayed).peer).toBe('QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN')
  })

  it.each(['', '/', 'x', '/ip4/127.0.0.1/tcp/1', `/p2p/${peer}`, `${addressOf(1)}/p2p-circuit`, `/unix/a/p2p/${peer}`])(
    'is not %j',
    (text) => {
      expect(() => bootstrapPeer(text)).toThrow(expect.objectContaining({ code: 'usage', layer: 'address' }))
    },
  )

  it('of those that ship with the program is each in canonical text', () => {
    for (const address of defaultBootstrapAddresses) expect(bootstrapPeer(address).address).toBe(address)
    expect(new Set(defaultBootstrapAddresses).size).toBe(defaultBootstrapAddresses.length)
  })
})

describe('reading a bootstrap list', () => {
  it('of whatever bytes is a list, or a local failure', async () => {
    const configDir = scratchPath('config')
    const file = join(configDir, 'bootstrap', 'any.txt')
    mkdirSync(join(configDir, 'bootstrap'), { recursive: true })
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        writeFileSync(file, bytes)
        const failure = await readBootstrapList(configDir, 'any').then(
          () => undefined,
          (error: unknown) => error,
        )
        if (failure !== undefined) expect(failure).toMatchObject({ name: 'ToolkitError', code: 'local' })
        expect(Buffer.from(readFileSync(file)).equals(bytes)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it.each(['', 'A', 'a b', '../a', 'a/b', 'a.b', 'ä', 'a\n', 'a'.repeat(65)])('refuses the name %j', async (name) => {
    expect(() => bootstrapListName(name)).toThrow(expect.objectContaining({ code: 'usage' }))
    await expect(readBootstrapList(scratchPath(), name)).rejects.toMatchObject({ code: 'usage' })
  })

  it.each(['a', '0', 'my-network-2', 'a'.repeat(64)])('takes the name %j', (name) => {
    expect(bootstrapListName(name)).toBe(name)
  })
})
