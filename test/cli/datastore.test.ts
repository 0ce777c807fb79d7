import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { only, run, scratchFile, scratchPath, start } from '../support/cli.ts'
import { durableServer, expectStored, serving, store } from '../support/datastore.ts'
import { asking, network } from '../support/dht.ts'
import { startListener } from '../support/listener.ts'
import { loadedBy } from '../support/loaded-modules.ts'
import { strangerId } from '../support/peer.ts'
import { s3Environment } from '../support/s3-server.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

/** A server that must not start: what it said instead. */
const refused = async (datastore: string, env: Record<string, string> = {}) => {
  const { code, records, stdout, stderr } = await run(['listen', '--json', ...serving, '--datastore', datastore], {
    env,
  })
  const { error } = only(records, 'error')
  expect(code).toBe(error.exitCode)
  return { ...error, output: stdout + stderr }
}

describe('what a server with --datastore was told', () => {
  it.each([
    ['SIGINT', 0],
    ['SIGTERM', 0],
    ['SIGKILL', null],
  ] as const)('is there after %s and a restart', async (signal, code) => {
    const server = await durableServer(scratchPath('datastore'))
    const first = await server.start()
    await store(first)
    expect((await first.running.stop(signal)).code).toBe(code)
    const second = await server.start()
    expect(second.peerId).toBe(first.peerId)
    await expectStored(second)
  })

  it('is of its network alone', async () => {
    const folder = scratchPath('datastore')
    const first = await (await durableServer(folder)).start()
    await store(first)
    await first.stop()
    const other = serving.map((flag) => (flag === network ? '/test/other/1.0.0' : flag))
    const second = await startListener([...other, '--datastore', folder])
    const from = ['--network', '/test/other/1.0.0', '--from', second.tcp]
    expect((await run(['dht', 'get', '--json', ...from, '/v/kept'])).code).toBe(1)
  })
})

describe('peers of the last time', () => {
  it('are in the routing table again without --bootstrap, those that are still there', async () => {
    const [staying, leaving] = [await startListener(serving), await startListener(serving)]
    const server = await durableServer(scratchPath('datastore'))
    const first = await server.start('--bootstrap', staying.tcp, '--bootstrap', leaving.tcp)
    for (const { peerId } of [staying, leaving]) await found(first.tcp, peerId)
    await first.stop()
    await leaving.stop()

    const second = await server.start()
    await second.running.line(/^reached 1 of 2 peers of the datastore$/, 'stderr')
    const { addresses } = await found(second.tcp, staying.peerId)
    expect(addresses).toEqual([staying.tcp])
  })
})

/** Asks one server, until it knows where a peer is. */
async function found(from: string, peerId: string) {
  for (;;) {
    const { records } = await run(['dht', 'find-peer', '--json', '--network', network, '--from', from, peerId])
    const peer = records.find((record) => record.type === 'peer')
    if (peer !== undefined) return peer
  }
}

describe('a datastore in a folder', () => {
  it('is for its owner alone', async () => {
    const folder = scratchPath('datastore')
    await (await startListener([...serving, '--datastore', folder])).stop()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('is for one process alone, which is not disturbed: exit 7', async () => {
    const folder = scratchPath('datastore')
    const first = await startListener([...serving, '--datastore', folder])
    expect(await refused(folder)).toMatchObject({
      code: 'local',
      exitCode: 7,
      message: `the datastore ${folder} is in use: another process has it open`,
      causes: expect.arrayContaining([expect.objectContaining({ code: 'LEVEL_LOCKED' })]),
      suggestions: [expect.stringContaining('folder of its own')],
    })
    await store(first)
    await expectStored(first)
  })

  it('that is damaged is refused with the cause: exit 7', async () => {
    const folder = scratchPath('datastore')
    mkdirSync(folder)
    writeFileSync(join(folder, 'CURRENT'), 'garbage')
    const { exitCode, message, causes, suggestions } = await refused(folder)
    expect({ exitCode, message }).toEqual({ exitCode: 7, message: expect.stringContaining('Corruption: CURRENT') })
    expect(causes.map(({ code }) => code)).toContain('LEVEL_CORRUPTION')
    expect(suggestions).toEqual([expect.stringContaining('move the folder away')])
  })

  it('that is something else is left as it is: exit 7', async () => {
    const folder = scratchPath('notes')
    mkdirSync(folder)
    // LevelDB takes such names for its own, and removes what it does not know
    for (const name of ['000123.log', 'no\u{1b}[2Jtes']) writeFileSync(join(folder, name), 'mine')
    const { exitCode, message } = await refused(folder)
    expect({ exitCode, message }).toEqual({ exitCode: 7, message: expect.stringContaining('is not a datastore') })
    expect(message).toContain('no\\u001b[2Jtes')
    expect(readdirSync(folder)).toHaveLength(2)
  })

  it.each([
    ['a file', () => scratchFile('text'), 'ENOTDIR'],
    ['below a file', () => join(scratchFile('text'), 'datastore'), 'ENOTDIR'],
    ['in a folder that is not there', () => join(scratchPath(), 'datastore'), 'ENOENT'],
    ['in a file system that takes none', () => '/proc/datastore', 'ENOENT'],
  ])('cannot be %s: exit 7', async (_what, path, code) => {
    expect(await refused(path())).toMatchObject({ exitCode: 7, causes: [{ code }] })
  })

  it('that was interrupted while it was made is made anew', async () => {
    const folder = scratchPath('datastore')
    mkdirSync(folder)
    for (const name of ['LOCK', 'LOG', 'MANIFEST-000001', '000001.dbtmp']) writeFileSync(join(folder, name), '')
    const server = await startListener([...serving, '--datastore', folder])
    await store(server)
  })

  it('does not load the S3 client, and is not loaded without the flag', () => {
    const packages = (...flags: string[]) => [...loadedBy(['listen', ...serving, '--for', '1ms', ...flags]).packages]
    const ofStores = (names: string[]) => names.filter((name) => /^datastore-(?!core$)|^@aws-sdk\//.test(name))
    expect(ofStores(packages('--datastore', scratchPath('datastore')))).toEqual(['datastore-level'])
    expect(ofStores(packages())).toEqual([])
  })
})

describe('--datastore', () => {
  it('needs --dht: exit 2', async () => {
    const { code, stderr } = await run(['listen', '--datastore', scratchPath()])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--dht') })
  })

  it('refuses what is no datastore: exit 2', async () => {
    expect(await refused('s3://bucket')).toMatchObject({
      exitCode: 2,
      message: 'not a datastore: the prefix is missing',
    })
  })
})

describe('a datastore in S3', () => {
  const secret = s3Environment(0).AWS_SECRET_ACCESS_KEY
  const place = 's3://bucket/prefix'

  it('does not repeat a secret that was written into its address', async () => {
    const { exitCode, output } = await refused(`s3://THE-ID:${secret}@bucket/prefix`)
    expect(exitCode).toBe(2)
    expect(output).not.toContain(secret)
  })

  it('that refuses connections is unreachable: exit 4', async () => {
    const { exitCode, causes, suggestions, output } = await refused(place, s3Environment(await refusedPort()))
    expect(exitCode).toBe(4)
    expect(causes[0]).toMatchObject({ code: 'ECONNREFUSED' })
    expect(suggestions).toEqual([expect.stringContaining('AWS_ENDPOINT_URL')])
    expect(output).not.toContain(secret)
  })

  it('has to have a region and credentials: exit 7', async () => {
    const { AWS_REGION, AWS_ACCESS_KEY_ID, ...rest } = s3Environment(await refusedPort())
    for (const env of [
      { AWS_REGION, ...rest },
      { AWS_ACCESS_KEY_ID, ...rest },
    ]) {
      const { exitCode, suggestions } = await refused(place, env)
      expect(exitCode).toBe(7)
      expect(suggestions).toEqual([expect.stringMatching(/AWS_REGION.*AWS_ACCESS_KEY_ID/)])
    }
  })

  it.each([
    ['another kind of page', 200, '<html>\u{1b}[2J</body>', /AWS_ENDPOINT_URL/],
    [
      'a refusal',
      403,
      '<Error><Code>AccessDenied</Code><Message>no\u{1b}[2J</Message></Error>',
      /may do in the bucket/,
    ],
  ])('that answers with %s: exit 7', async (_what, status, body, suggestion) => {
    const { port } = await tcpServer((socket) => {
      const head = `HTTP/1.1 ${status} X\r\ncontent-type: application/xml\r\ncontent-length: ${body.length}\r\n\r\n`
      socket.on('data', () => socket.end(head + body))
    })
    const { exitCode, suggestions } = await refused(place, s3Environment(port))
    expect({ exitCode, suggestions }).toEqual({ exitCode: 7, suggestions: [expect.stringMatching(suggestion)] })
  })

  it('that says nothing is left by Ctrl-C', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    const { port } = await tcpServer((socket) => void socket.once('data', () => resolve()))
    const env = s3Environment(port)
    const running = start(['listen', '--json', ...serving, '--datastore', place], { env })
    await asked
    const { code, records } = await running.stop('SIGINT')
    expect(code).toBe(130)
    expect(only(records, 'error').error.code).toBe('interrupted')
  })
})

it('a peer that is gone does not keep a server from starting', async () => {
  const server = await durableServer(scratchPath('datastore'))
  const first = await server.start()
  const gone = `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${await strangerId()}`
  await run(['dht', 'provide', '--json', ...asking(first.tcp), '--announce', gone.replace(/\/p2p\/.*/, ''), 'content'])
  await first.stop()
  const second = await server.start()
  await second.running.line(/^reached 0 of 1 peers of the datastore$/, 'stderr')
})
