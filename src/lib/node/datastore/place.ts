import { ToolkitError } from '../../errors/toolkit-error.ts'

/** Where a node keeps its data: a folder of this machine, or a part of an S3 bucket. */
export type DatastorePlace = { kind: 'folder'; path: string } | { kind: 's3'; bucket: string; prefix: string }

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
/** The characters that need no special handling in a key; two slashes in a row are written as one by datastore-s3. */
const keyPrefix = /^[\w!.*'()-]+(?:\/[\w!.*'()-]+)*$/
const longestPrefix = 512

/**
 * Reads where a datastore is. The text is not repeated in the refusal: somebody may have written a secret into it.
 *
 * @param text - a folder, or `s3://BUCKET/PREFIX`
 * @returns its place
 * @throws ToolkitError `usage` for another scheme, a bucket that cannot be, and one without a prefix
 */
export function datastorePlace(text: string): DatastorePlace {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? []
  if (scheme === undefined) {
    if (text !== '' && !text.includes('\0')) return { kind: 'folder', path: text }
    throw refusal('the name of its folder is empty, or cannot be one')
  }
  if (scheme !== 's3') throw refusal('it is a folder, or an s3:// address')
  const slash = rest.indexOf('/')
  const bucket = slash === -1 ? rest : rest.slice(0, slash)
  const prefix = slash === -1 ? '' : rest.slice(slash + 1).replace(/\/$/, '')
  if (!bucketName.test(bucket)) throw refusal('that is not the name of a bucket')
  if (prefix.length <= longestPrefix && keyPrefix.test(prefix)) return { kind: 's3', bucket, prefix }
  throw refusal(prefix === '' ? 'the prefix is missing' : 'that prefix cannot be used')
}

function refusal(why: string): ToolkitError {
  return new ToolkitError('usage', `not a datastore: ${why}`, {
    suggestions: [
      'write a folder, or s3://bucket/prefix; endpoint, region and credentials come from AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    ],
  })
}
