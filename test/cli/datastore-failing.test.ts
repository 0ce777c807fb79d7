import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, symlinkSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { only, run, scratchPath, start } from '../support/cli.ts'
import { durableServer, expectStored, serving, store } from '../support/datastore.ts'
import { asking, network } from '../support/dht.ts'
import { breakableS3 } from '../support/s3-server.ts'

const place = 's3://bucket/prefix'
const listening = ['listen', '--json', ...serving, '--datastore']
const fromServer = (address: string) => ['--json', '--network', network, '--from', address]

/** A named pipe, at which whoever reads waits. */
function namedPipe(): string {
  const path = scratchPath('pipe')
  execFileSync('mkfifo', [path])
  return path
}

describe('S3 that fails', () => {
  it.each(['GET', 'PUT'])('at %s when it is opened is explained: exit 7', async (method) => {
    const s3 = await breakableS3()
    s3.now('fails', method)
    const { code, records, stdout } = await run([...listening, place], { env: s3.env })
    expect(code).toBe(7)
    expect(only(records, 'error').error).toMatchObject({
      code: 'local',
      message: expect.stringMatching(/^cannot use the datastore s3:\/\/bucket\/prefix: InternalError: no/),
      causes: [{ name: 'InternalError' }],
      suggestions: [expect.stringContaining('on the side of S3')],
    })
    expect(stdout).not.toContain('\u{1b}')
  })

  it('while a node listens is told, keeps no value, and leaves the other protocols alone', async () => {
    const s3 = await breakableS3()
    const server = await (await durableServer(place, serving, s3)).start()
    await store(server)
    s3.now('fails', 'GET', 'PUT', 'DELETE')
    expect((await run(['ping', '--json', '-c', '2', server.tcp])).code).toBe(0)
    expect((await run(['identify', '--json', server.tcp])).code).toBe(0)
    const put = await run(['dht', 'put', ...fromServer(server.tcp), '/v/key', 'value'])
    expect(put.code).toBe(1)
    expect(only(put.records, 'stored').refused).toEqual([server.peerId])
    const { error } = await server.waitFor('datastore-failed')
    expect(error).toMatchObject({ code: 'local', exitCode: 7, causes: [{ name: 'InternalError' }] })

    s3.now('answers', 'GET', 'PUT', 'DELETE')
    await expectStored(server)
    expect((await server.stop()).code).toBe(0)
  })

  it('in text is told in a line of stderr', async () => {
    const s3 = await breakableS3()
    const running = start(['listen', ...serving, '--datastore', place], s3)
    const address = await running.line(/\/tcp\//)
    s3.now('fails', 'GET', 'PUT')
    expect((await run(['ping', '--json', '-c', '1', address])).code).toBe(0)
    await running.line(/! local: cannot use the datastore s3:\/\/bucket\/prefix: InternalError/, 'stderr')
  })

  it('by silence does not keep a ping from its pong, nor a listener from its end', async () => {
    const s3 = await breakableS3()
    const server = await (await durableServer(place, serving, s3)).start()
    s3.now('is silent', 'GET', 'PUT', 'DELETE')
    expect((await run(['ping', '--json', '-c', '2', server.tcp])).code).toBe(0)
    expect((await server.stop()).code).toBe(0)
  })
})

describe('a folder that is not read to its end', () => {
  it('since a pipe is in it is refused: exit 7', async () => {
    const folder = scratchPath('datastore')
    mkdirSync(folder)
    execFileSync('mkfifo', [join(folder, 'CURRENT')])
    const { code, records } = await run([...listening, folder])
    expect(code).toBe(7)
    expect(only(records, 'error').error.message).toContain('is not a datastore: it holds "CURRENT"')
  })

  it('is left by Ctrl-C', async () => {
    const folder = scratchPath('datastore')
    mkdirSync(folder)
    const pipe = namedPipe()
    symlinkSync(pipe, join(folder, 'CURRENT'))
    const changes = watch(folder)
    const running = start([...listening, folder])
    // LevelDB writes it before it reads anything
    for await (const _ of changes) if (existsSync(join(folder, 'LOG'))) break
    running.child.kill('SIGINT')
    const { error } = await running.record('error')
    expect(error.code).toBe('interrupted')
    // the process ends when the system has done with what it was asked
    closeSync(openSync(pipe, 'r+'))
    expect((await running.exited).code).toBe(130)
  })
})

it('peers of a store that failed meanwhile are kept once it works again', async () => {
  const s3 = await breakableS3()
  const server = await durableServer(place, serving, s3)
  const first = await server.start()
  s3.now('fails', 'GET', 'PUT')
  expect((await run(['ping', '--json', '-c', '1', first.tcp])).code).toBe(0)
  await first.waitFor('datastore-failed')
  s3.now('answers', 'GET', 'PUT')
  const announce = ['--announce', '/ip4/127.0.0.1/tcp/4001']
  const provided = await run(['dht', 'provide', '--json', ...asking(first.tcp), ...announce, 'content'])
  expect(provided.code).toBe(0)
  await first.stop()
  const second = await server.start()
  const found = await run(['dht', 'find-providers', ...fromServer(second.tcp), 'content'])
  expect(only(found.records, 'provider').addresses[0]).toContain('/ip4/127.0.0.1/tcp/4001/p2p/')
})
