import { codeOf, messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { Backend } from './datastore.ts'
import type { DatastorePlace } from './place.ts'

type Bucket = Extract<DatastorePlace, { kind: 's3' }>

/** How long one attempt of a request may take, in milliseconds. */
const requestWithinMs = 10_000

/** How much of a refusal is told, in characters. */
const longestReason = 300

/** What a request for a key without a value fails with. */
const missing = ['NoSuchKey', 'NotFound']

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
export async function openBucket(place: Bucket, signal: AbortSignal): Promise<Backend> {
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
  // datastore-s3 14 keeps no more of an error than its text
  let failure: unknown
  // and knows a missing key by the `statusCode` of SDK 2, and takes a list without entries for an error
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        const result = await next(request)
        failure = undefined
        const { output } = result
        return 'KeyCount' in output && output.KeyCount === 0
          ? { ...result, output: { ...output, Contents: [] } }
          : result
      } catch (error) {
        if (!(error instanceof Error)) throw error
        if (!missing.includes(error.name)) failure = error
        throw Object.assign(error, { statusCode: statusOf(error) })
      }
    },
    { step: 'initialize', name: 'asDatastoreS3Expects' },
  )
  const { bucket: Bucket, prefix } = place
  const options = { abortSignal: signal }
  const Key = `${prefix}/opened`
  try {
    // a permission that is missing would else show much later
    await client.listObjectsV2({ Bucket, Prefix: `${prefix}/`, MaxKeys: 1 }, options)
    await client.putObject({ Bucket, Key, Body: new Date().toISOString() }, options)
    await (await client.getObject({ Bucket, Key }, options)).Body?.transformToByteArray()
  } catch (error) {
    client.destroy()
    signal.throwIfAborted()
    throw explained(place, error)
  }
  return {
    store: new S3Datastore(client, Bucket, { path: prefix }),
    explain: (error) => explained(place, failure ?? error),
    close: async () => client.destroy(),
  }
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
  const reason = messageOf(error).split('\n', 1)[0]?.slice(0, longestReason)
  const because = `cannot use the datastore s3://${bucket}/${prefix}`
  const status = error instanceof Error ? statusOf(error) : undefined
  if (status !== undefined && status >= 300) {
    return new ToolkitError('local', `${because}: ${name}: ${reason}`, {
      cause: error,
      suggestions: [whatToCheck(name, status)],
    })
  }
  if (codeOf(error) !== undefined || status !== undefined || name === 'TimeoutError') {
    const suggestions = ['check AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL']
    const unanswered = name === 'TimeoutError' ? 'timeout' : 'unreachable'
    return new ToolkitError(status === undefined ? unanswered : 'local', `${because}: ${reason}`, {
      cause: error,
      suggestions,
    })
  }
  const suggestions = ['set AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile of the AWS SDK']
  return new ToolkitError('local', `${because}: ${reason}`, { cause: error, suggestions })
}

function whatToCheck(name: string, status: number): string {
  if (name === 'NoSuchBucket') return 'make the bucket first, or check its name and AWS_REGION'
  if (status >= 500) return 'the fault is on the side of S3: try again later'
  return 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, and what they may do in the bucket'
}
