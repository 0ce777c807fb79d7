import { expect, inject, test } from 'vitest'
import { only, run } from '../support/cli.ts'
import { durableServer, expectStored, serving, store } from '../support/datastore.ts'
import { bucket, s3Server } from './s3.ts'

const built = inject('s3')
const given = (what: string, body: () => Promise<void>) =>
  test(`s3: ${what}`, ({ skip }) => ('skipped' in built ? skip(built.skipped) : body()))

given('a server has its values, providers and peers again after a restart', async () => {
  const env = await s3Server()
  const server = await durableServer(`s3://${bucket}/some/prefix`, serving, { env })
  const first = await server.start()
  await store(first)
  expect((await first.stop()).code).toBe(0)
  const second = await server.start()
  // the one that was announced, and is not there
  await second.running.line(/^reached 0 of 1 peers of the datastore$/, 'stderr')
  await expectStored(second)
})

given('prefixes are apart', async () => {
  const env = await s3Server()
  const first = await (await durableServer(`s3://${bucket}/one`, serving, { env })).start()
  await store(first)
  const other = await (await durableServer(`s3://${bucket}/other`, serving, { env })).start()
  const get = await run(['dht', 'get', '--json', '--network', '/test/kad/1.0.0', '--from', other.tcp, '/v/kept'])
  expect(get.code).toBe(1)
})

given('a bucket that is not there, and a wrong secret, are told apart: exit 7', async () => {
  const env = await s3Server()
  const refused = async (place: string, more: Record<string, string> = {}) => {
    const args = ['listen', '--json', ...serving, '--datastore', place]
    const { records } = await run(args, { env: { ...env, ...more } })
    return only(records, 'error').error
  }
  expect(await refused('s3://not-there/x')).toMatchObject({
    exitCode: 7,
    causes: [{ name: 'NoSuchBucket' }],
    suggestions: [expect.stringContaining('make the bucket first')],
  })
  expect(await refused(`s3://${bucket}/x`, { AWS_SECRET_ACCESS_KEY: 'wrong' })).toMatchObject({
    exitCode: 7,
    causes: [{ name: 'SignatureDoesNotMatch' }],
    suggestions: [expect.stringContaining('AWS_SECRET_ACCESS_KEY')],
  })
})
