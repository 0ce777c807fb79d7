import { link, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileAtomically } from '../../src/lib/files/atomic-file.ts'
import { readPassphraseFile } from '../../src/lib/keys/passphrase.ts'

let folder = ''
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'p2p-file-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('readPassphraseFile', () => {
  it.each([
    ['word\n', 'word'],
    ['word\r\n', 'word'],
    ['word', 'word'],
    ['word\n\n', 'word\n'],
    [' word ', ' word '],
  ])('reads %j as %j', async (content, expected) => {
    await writeFile(at('passphrase'), content)
    expect(Buffer.from(await readPassphraseFile(at('passphrase'))).toString()).toBe(expected)
  })

  it.each(['', '\n', '\r\n', 'x'.repeat(1025), 'x'.repeat(2000)])(
    'refuses an empty or endless one',
    async (content) => {
      await writeFile(at('passphrase'), content)
      await expect(readPassphraseFile(at('passphrase'))).rejects.toMatchObject({ code: 'local' })
    },
  )
})

describe('writeFileAtomically', () => {
  const bytes = Buffer.from('new')

  it('lets one of many writers win, and no other replace it', async () => {
    const writers = Array.from({ length: 20 }, (_, index) =>
      writeFileAtomically(at('file'), Buffer.from(String(index)), { mode: 0o600, overwrite: false }),
    )
    const won = (await Promise.allSettled(writers)).map(({ status }) => status === 'fulfilled')
    expect(won.filter(Boolean)).toHaveLength(1)
    expect(await readFile(at('file'), 'utf8')).toBe(String(won.indexOf(true)))
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('follows a link to overwrite, refuses one otherwise, and never replaces a device or a folder', async () => {
    await writeFile(at('target'), 'old')
    await symlink('target', at('link'))
    await symlink('nowhere', at('dangling'))
    for (const name of ['link', 'dangling']) {
      await expect(writeFileAtomically(at(name), bytes, { mode: 0o600, overwrite: false })).rejects.toThrow(/exists/)
    }
    await writeFileAtomically(at('link'), bytes, { mode: 0o600, overwrite: true })
    expect(await readlink(at('link'))).toBe('target')
    expect(await readFile(at('target'), 'utf8')).toBe('new')
    for (const path of ['/dev/null', folder]) {
      await expect(writeFileAtomically(path, bytes, { mode: 0o600, overwrite: true })).rejects.toThrow(/regular file/)
    }
    await expect(writeFileAtomically(at('no/file'), bytes, { mode: 0o600, overwrite: true })).rejects.toMatchObject({
      code: 'local',
    })
  })

  it('leaves another name of an old file alone', async () => {
    await writeFile(at('one'), 'old')
    await link(at('one'), at('two'))
    await writeFileAtomically(at('one'), bytes, { mode: 0o600, overwrite: true })
    expect(await readFile(at('two'), 'utf8')).toBe('old')
  })
})
