import { codeOf, messageOf } from '../../errors/causes.ts'
import { deadlineOf } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { OpenedDatastore } from './datastore.ts'
import type { DatastorePlace } from './place.ts'

type Bucket = Extract<DatastorePlace, { kind: 's3' }>

/** How long opening may take with all attempts, and one request, in milliseconds. */
const openWithinMs = 30_000
const requestWithinMs = 10_000

/**
 * Opens a part of an S3 bucket. Endpoint, region and credentials are found where the AWS SDK looks for them: in its
 * environment variables and its files.
 *
 * @param place - bucket and prefix
 * @param signal - ends the opening
 * @returns the datastore
 * @throws ToolkitError `local` where S3 refuses, or region, credentials or the packages are missing; `unreachable` and
 *   `timeout` where it does not answer
 */
export async function openBucket(place: Bucket, signal: AbortSignal): Promise<OpenedDatastore> {
  const { S3, S3Datastore } = await loadPackages()
  // a bucket in the path is what every S3-compatible server understands, and AWS too
  const client = new S3({
    forcePathStyle: true,
    requestHandler: {
      connectionTimeout: requestWithinMs,
      requestTimeout: requestWithinMs,
      // it would write a warning to the console, and go on
      throwOnRequestTimeout: true,
    },
  })
  // datastore-s3 14 knows a missing key by the `statusCode` of SDK 2, and takes a list without entries for an error
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        const result = await next(request)
        const { output } = result
        return 'KeyCount' in output && output.KeyCount === 0
          ? { ...result, output: { ...output, Contents: [] } }
          : result
      } catch (error) {
        throw error instanceof Error ? Object.assign(error, { statusCode: statusOf(error) }) : error
      }
    },
    { step: 'initialize', name: 'asDatastoreS3Expects' },
  )
  const { bucket: Bucket, prefix } = place
  using deadline = deadlineOf(signal, openWithinMs, `S3 did not answer within ${openWithinMs / 1000} s`)
  const options = { abortSignal: deadline.signal }
  try {
    // whoever may list and write may also read what it wrote; a missing permission would else show much later
    await client.listObjectsV2({ Bucket, Prefix: `${prefix}/`, MaxKeys: 1 }, options)
    await client.putObject({ Bucket, Key: `${prefix}/opened`, Body: new Date().toISOString() }, options)
  } catch (error) {
    client.destroy()
    deadline.signal.throwIfAborted()
    throw explained(place, error)
  }
  return { store: new S3Datastore(client, Bucket, { path: prefix }), close: async () => client.destroy() }
}

/** They bring the AWS SDK, 20 MB, and may have been left out of the installation. */
async function loadPackages() {
  try {
    const [{ S3 }, { S3Datastore }] = await Promise.all([import('@aws-sdk/client-s3'), import('datastore-s3')])
    return { S3, S3Datastore }
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new ToolkitError('local', 'a datastore in S3 needs the package datastore-s3, which is not installed', {
      cause: error,
      suggestions: ['install p2p-toolkit again, without --omit=optional'],
    })
  }
}

/** The status that S3 answered with; none where there was no answer. */
function statusOf(error: object): number | undefined {
  const metadata = '$metadata' in error ? error.$metadata : undefined
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}

function explained({ bucket, prefix }: Bucket, error: unknown): ToolkitError {
  const name = error instanceof Error ? error.name : 'Error'
  const because = `cannot open the datastore s3://${bucket}/${prefix}: ${messageOf(error).split('\n', 1)[0]}`
  const status = error instanceof Error ? statusOf(error) : undefined
  if (status !== undefined && status >= 300) {
    return new ToolkitError('local', `${because} (${name})`, { cause: error, suggestions: [whatToCheck(name)] })
  }
  if (name === 'TimeoutError') return new ToolkitError('timeout', because, { cause: error })
  // a code is that of the network; a success that cannot be read is no answer of S3
  if (codeOf(error) !== undefined || status !== undefined) {
    const suggestions = ['check AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL']
    return new ToolkitError(status === undefined ? 'unreachable' : 'local', because, { cause: error, suggestions })
  }
  const suggestions = ['set AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile of the AWS SDK']
  return new ToolkitError('local', because, { cause: error, suggestions })
}

function whatToCheck(name: string): string {
  if (name === 'NoSuchBucket') return 'make the bucket first, or check its name and AWS_REGION'
  return 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, and what they may do in the bucket'
}
