import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultBootstrapAddresses } from '../../src/lib/addresses/bootstrap/defaults.ts'
import { bootstrapLists } from '../support/bootstrap-list.ts'
import { only, scratchFile } from '../support/cli.ts'

const peer = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const first = `/ip4/127.0.0.1/tcp/1/p2p/${peer}`
const second = `/ip4/127.0.0.1/udp/2/quic-v1/p2p/${peer}`
const lines = (addresses: readonly string[]) => addresses.map((address) => `${address}\n`).join('')

describe('p2p bootstrap list', () => {
  it('shows the public peers until the list is changed, and writes no file', async () => {
    const lists = bootstrapLists()
    const { code, stdout, stderr } = await lists.run('bootstrap', 'list')
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: lines(defaultBootstrapAddresses), stderr: '' })
    expect(lists.read('default')).toBeUndefined()
  })

  it('prints a record for each', async () => {
    const lists = bootstrapLists()
    lists.write('lan', `# ours\n${first}\n\n${second} # by the door\n${first}\n`)
    const { code, records } = await lists.run('bootstrap', 'list', '--json', '--list', 'lan')
    expect(code).toBe(0)
    const entry = { type: 'bootstrap-peer', list: 'lan', peer }
    expect(records).toEqual([first, second].map((address) => ({ ...entry, address })))
  })

  it('of an empty list prints nothing, and says so', async () => {
    const lists = bootstrapLists()
    lists.write('default', '# nobody\n')
    expect(await lists.run('bootstrap', 'list')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'the bootstrap list default is empty\n',
    })
  })

  it('of a list that is not there is 7', async () => {
    const { code, stdout, stderr } = await bootstrapLists().run('bootstrap', 'list', '--list', 'lan')
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(stderr).toContain('p2p bootstrap add --list lan')
  })
})

describe('p2p bootstrap add', () => {
  it('adds to the public peers, for its owner alone to write, and leaves nothing else behind', async () => {
    const lists = bootstrapLists()
    const { code, stdout, stderr } = await lists.run('bootstrap', 'add', first, second)
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `added ${first}\nadded ${second}\n`,
      stderr: `wrote ${lists.file('default')}\n`,
    })
    expect(lists.read('default')).toMatch(/^# .+\n/)
    expect((await lists.run('bootstrap', 'list')).stdout).toBe(lines([...defaultBootstrapAddresses, first, second]))
    expect(readdirSync(dirname(lists.file('default')))).toEqual(['default.txt'])
    expect(statSync(lists.file('default')).mode & 0o022).toBe(0)
  })

  it('says what is in the list already, and writes nothing then', async () => {
    const lists = bootstrapLists()
    const known = defaultBootstrapAddresses[0]
    const { code, records, stderr } = await lists.run('bootstrap', 'add', '--json', known)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(only(records, 'bootstrap-changed')).toMatchObject({ list: 'default', address: known, change: 'kept' })
    expect(lists.read('default')).toBeUndefined()
  })

  it('makes a named list of its own, each address once, in canonical text', async () => {
    const lists = bootstrapLists()
    const written = [first, first.replace('/p2p/', '/ipfs/'), `${first}/`]
    const { records } = await lists.run('bootstrap', 'add', '--json', '--list', 'lan', ...written)
    expect(records).toMatchObject(['added', 'kept', 'kept'].map((change) => ({ change, address: first, list: 'lan' })))
    expect((await lists.run('bootstrap', 'list', '--list', 'lan')).stdout).toBe(lines([first]))
    expect(lists.read('default')).toBeUndefined()
  })

  it('keeps the comments and the order of the file', async () => {
    const lists = bootstrapLists()
    lists.write('lan', `# ours\n\n${second}   # by the door`)
    expect((await lists.run('bootstrap', 'add', '--list', 'lan', first)).code).toBe(0)
    expect(lists.read('lan')).toBe(`# ours\n\n${second}   # by the door\n${first}\n`)
  })

  it('brings the public peers back', async () => {
    const lists = bootstrapLists()
    lists.write('default', `${first}\n`)
    expect((await lists.run('bootstrap', 'add', '--defaults')).code).toBe(0)
    expect((await lists.run('bootstrap', 'list')).stdout).toBe(lines([first, ...defaultBootstrapAddresses]))
  })

  it('follows a symbolic link', async () => {
    const lists = bootstrapLists()
    const elsewhere = scratchFile('# kept in a repository\n', 'lan.txt')
    lists.write('other', '')
    symlinkSync(elsewhere, lists.file('lan'))
    expect((await lists.run('bootstrap', 'add', '--list', 'lan', first)).code).toBe(0)
    expect(lists.read('lan')).toBe(`# kept in a repository\n${first}\n`)
    expect(statSync(elsewhere).size).toBeGreaterThan(first.length)
  })

  it.each([
    ['no multiaddr', ['nonsense']],
    ['an address that names no peer', ['/ip4/127.0.0.1/tcp/1']],
    ['the address of a relay', [`${first}/p2p-circuit`]],
    ['a peer ID alone', [peer]],
    ['a peer ID alone, as a multiaddr', [`/p2p/${peer}`]],
    ['a bad one behind a good one', [first, '/ip4/127.0.0.1/tcp/x']],
    ['nothing', []],
    ['a name with a path in it', ['--list', '../lan', first]],
    ['a name that is too long', ['--list', 'a'.repeat(65), first]],
    ['a name in upper case', ['--list', 'Lan', first]],
  ])('refuses %s, and writes nothing', async (_name, args) => {
    const lists = bootstrapLists()
    const { code, stdout, stderr } = await lists.run('bootstrap', 'add', ...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error /)
    expect(lists.read('default')).toBeUndefined()
  })
})

describe('p2p bootstrap rm', () => {
  it('removes an address wherever it stands, and nothing else', async () => {
    const lists = bootstrapLists()
    lists.write('lan', `# ours\n${first} # one\n${second}\n${first}\n`)
    const { code, stdout } = await lists.run('bootstrap', 'rm', '--list', 'lan', `${first}/`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: `removed ${first}\n` })
    expect(lists.read('lan')).toBe(`# ours\n${second}\n`)
  })

  it('removes a public peer from the default list', async () => {
    const lists = bootstrapLists()
    const [gone, ...others] = defaultBootstrapAddresses
    expect((await lists.run('bootstrap', 'rm', gone)).code).toBe(0)
    expect((await lists.run('bootstrap', 'list')).stdout).toBe(lines(others))
  })

  it('is 1 where an address is not there, and removes the others', async () => {
    const lists = bootstrapLists()
    lists.write('lan', `${first}\n`)
    const { code, records } = await lists.run('bootstrap', 'rm', '--json', '--list', 'lan', second, first)
    expect(code).toBe(1)
    expect(only(records, 'bootstrap-changed')).toMatchObject({ address: first, change: 'removed' })
    expect(only(records, 'error')).toMatchObject({ input: second, index: 1, error: { code: 'negative' } })
    expect(lists.read('lan')).toBe('')
  })

  it('is 1 where there is no such list', async () => {
    const lists = bootstrapLists()
    for (const what of [first, '--all']) {
      expect(await lists.run('bootstrap', 'rm', '--list', 'lan', what)).toMatchObject({ code: 1, stdout: '' })
    }
    expect(lists.read('lan')).toBeUndefined()
  })

  it('--all empties a list, which stays empty', async () => {
    const lists = bootstrapLists()
    const { code, stdout } = await lists.run('bootstrap', 'rm', '--all')
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: lines(defaultBootstrapAddresses.map((one) => `removed ${one}`)),
    })
    expect(await lists.run('bootstrap', 'list')).toMatchObject({ code: 0, stdout: '' })
    expect(await lists.run('bootstrap', 'rm', '--all')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'the bootstrap list default is empty already\n',
    })
  })

  it.each([[[]], [['--all', first]], [['/ip4/127.0.0.1/tcp/1']]])('refuses %j', async (args) => {
    expect(await bootstrapLists().run('bootstrap', 'rm', ...args)).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('the file of a bootstrap list', () => {
  const commands = [['list'], ['add', first], ['rm', '--all'], ['check']]

  it.each([
    ['an address without a peer', `# ours\n${first}\n\n/ip4/127.0.0.1/tcp/1\n`, 4],
    ['no address', `${first}\nhello\n`, 2],
    ['bytes that are no text', Buffer.concat([Buffer.from(`${first}\n# `), Buffer.from([0xff, 0xfe, 0x0a])]), 2],
    ['escape sequences', `\x1b[2J\x1b]0;owned\x07${first}\n`, 1],
  ])('with %s is 7, names the line, and is left as it is', async (_name, content, line) => {
    const lists = bootstrapLists()
    lists.write('lan', content)
    const before = lists.read('lan')
    for (const [command = '', ...args] of commands) {
      const { code, stdout, stderr } = await lists.run('bootstrap', command, '--list', 'lan', ...args)
      expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
      expect(stderr).toContain(`${lists.file('lan')}:${line}: `)
      expect(stderr).not.toMatch(/\x1b|\x07/)
    }
    expect(lists.read('lan')).toBe(before)
  })

  it('that is larger than a list can be is 7', async () => {
    const lists = bootstrapLists()
    lists.write('lan', '#'.repeat(256 * 1024 + 1))
    expect(await lists.run('bootstrap', 'list', '--list', 'lan')).toMatchObject({ code: 7, stdout: '' })
    const full = `${'#'.repeat(256 * 1024 - 2)}\n`
    lists.write('lan', full)
    expect(await lists.run('bootstrap', 'add', '--list', 'lan', first)).toMatchObject({ code: 7, stdout: '' })
    expect(lists.read('lan')).toBe(full)
  })

  it('that is a folder is 7', async () => {
    const lists = bootstrapLists()
    mkdirSync(lists.file('lan'), { recursive: true })
    expect(await lists.run('bootstrap', 'list', '--list', 'lan')).toMatchObject({ code: 7, stdout: '' })
  })

  it('whose folder cannot be made is 7', async () => {
    const lists = bootstrapLists()
    writeFileSync(lists.env.XDG_CONFIG_HOME, 'not a folder')
    const { code, stdout, stderr } = await lists.run('bootstrap', 'add', first)
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(stderr).toContain('a part of its path is not a directory')
  })

  it('that is a device is not replaced', async () => {
    const lists = bootstrapLists()
    lists.write('other', '')
    symlinkSync('/dev/null', lists.file('lan'))
    const { code, stderr } = await lists.run('bootstrap', 'add', '--list', 'lan', first)
    expect(code).toBe(7)
    expect(stderr).toContain('not a regular file')
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  it('is whole while others change it', async () => {
    const lists = bootstrapLists()
    const ports = Array.from({ length: 6 }, (_, index) => index + 1)
    const adding = ports.map((port) =>
      lists.run('bootstrap', 'add', '--list', 'lan', first.replace('/tcp/1/', `/tcp/${port}/`)),
    )
    for (const { code } of await Promise.all(adding)) expect(code).toBe(0)
    expect(await lists.run('bootstrap', 'list', '--list', 'lan')).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(dirname(lists.file('lan')))).toEqual(['lan.txt'])
  })
})
