import { createServer } from 'node:http'
import { cleanUp } from './cleanup.ts'
import { listening } from './servers.ts'

/** What a server does with a request: answer, refuse it by a fault of its own, or nothing. */
type S3Behaviour = 'answers' | 'fails' | 'is silent'

/** An S3-compatible server that a test can break; it speaks as much of the protocol as a datastore needs. */
export interface S3Server {
  /** in which the AWS SDK finds it */
  env: Record<string, string>
  /** what it does with the requests of these methods from now on */
  now(behaviour: S3Behaviour, ...methods: string[]): void
}

/** The environment in which the AWS SDK finds a server on this port. */
export function s3Environment(port: number) {
  return {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'THE-ID',
    AWS_SECRET_ACCESS_KEY: 'THE-SECRET',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

/** Starts a server that has every bucket; it ends with the test. */
export async function breakableS3(): Promise<S3Server> {
  const objects = new Map<string, Buffer>()
  const behaviours = new Map<string, S3Behaviour>()
  const server = createServer(async (request, response) => {
    const method = request.method ?? ''
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    const body = Buffer.concat(await request.toArray())
    const end = (status: number, content: string | Buffer = '') => response.writeHead(status).end(content)
    const behaviour = behaviours.get(method) ?? 'answers'
    if (behaviour === 'is silent') return
    if (behaviour === 'fails')
      return end(500, '<Error><Code>InternalError</Code><Message>no\u{1b}[2J</Message></Error>')
    if (method === 'PUT') objects.set(pathname, body)
    if (method === 'DELETE') objects.delete(pathname)
    if (method !== 'GET') return end(200)
    const prefix = searchParams.get('prefix')
    if (prefix !== null) return end(200, listOf([...objects.keys()], `${pathname.replace(/\/$/, '')}/`, prefix))
    const object = objects.get(pathname)
    return object === undefined ? end(404, '<Error><Code>NoSuchKey</Code></Error>') : end(200, object)
  })
  const port = await listening(server)
  cleanUp(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    env: s3Environment(port),
    now: (behaviour, ...methods) => {
      for (const method of methods) behaviours.set(method, behaviour)
    },
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
function listOf(paths: string[], bucket: string, prefix: string): string {
  const keys = paths.filter((path) => path.startsWith(`${bucket}${prefix}`)).map((path) => path.slice(bucket.length))
  const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')
  return `<ListBucketResult><KeyCount>${keys.length}</KeyCount><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`
}
