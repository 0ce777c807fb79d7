import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { inject } from 'vitest'
import { cleanUp } from '../support/cleanup.ts'
import { scratchPath } from '../support/cli.ts'
import { freePort } from '../support/servers.ts'

/** The bucket that the server has. */
export const bucket = 'p2p-test'

/**
 * Starts an S3-compatible server with one bucket; it ends with the test.
 *
 * @returns the environment in which the AWS SDK finds it
 */
export async function s3Server(): Promise<Record<string, string>> {
  const built = inject('s3')
  if ('skipped' in built) throw new Error(built.skipped)
  const folder = scratchPath('s3')
  mkdirSync(join(folder, bucket), { recursive: true })
  const port = await freePort()
  const [id, secret] = ['test', 'test-secret']
  const child = spawn(built.command, [...built.args, '--port', `127.0.0.1:${port}`, '--quiet', 'posix', folder], {
    env: { PATH: process.env.PATH, ROOT_ACCESS_KEY: id, ROOT_SECRET_KEY: secret },
    stdio: 'ignore',
  })
  const ended = once(child, 'close')
  cleanUp(async () => {
    child.kill('SIGKILL')
    await ended
  })
  while (!(await accepts(port))) if (child.exitCode !== null) throw new Error('the S3 server did not start')
  return {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
