import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { datastorePlace } from '../../src/lib/node/datastore/place.ts'

describe('datastorePlace', () => {
  it.each([
    ['data', 'data'],
    ['./a b/ü', './a b/ü'],
    ['/var/lib/p2p', '/var/lib/p2p'],
    ['C:\\data', 'C:\\data'],
    ['s3:', 's3:'],
    ['s3:/bucket/x', 's3:/bucket/x'],
  ])('takes %j for a folder', (text, path) => {
    expect(datastorePlace(text)).toEqual({ kind: 'folder', path })
  })

  it.each([
    ['s3://bucket/prefix', 'bucket', 'prefix'],
    ['s3://my.bucket-1/a/b_c/d.e', 'my.bucket-1', 'a/b_c/d.e'],
    ['s3://bucket/prefix/', 'bucket', 'prefix'],
  ])('takes %j for a part of a bucket', (text, bucket, prefix) => {
    expect(datastorePlace(text)).toEqual({ kind: 's3', bucket, prefix })
  })

  it.each([
    '',
    'a\0b',
    's3://',
    's3://bucket',
    's3://bucket/',
    's3://bucket//x',
    's3://bucket/a//b',
    's3://bucket/x//',
    's3://bucket/a b',
    's3://bucket/a\nb',
    's3://bucket/x?y=z',
    's3://Bucket/x',
    's3://b/x',
    's3://id:secret@bucket/x',
    `s3://bucket/${'x'.repeat(513)}`,
    'S3://bucket/x',
    'gs://bucket/x',
    'https://s3.example/bucket',
  ])('refuses %j', (text) => {
    expect(() => datastorePlace(text)).toThrow(ToolkitError)
  })

  it('gives a place, or refuses without repeating the text', () => {
    const secret = fc.stringMatching(/^[A-Z]{8}$/)
    fc.assert(
      fc.property(fc.constantFrom('s3://', 'gs://', ''), fc.string(), secret, fc.string(), (scheme, a, word, b) => {
        try {
          const place = datastorePlace(`${scheme}${a}${word}${b}`)
          expect(['folder', 's3']).toContain(place.kind)
        } catch (error) {
          expect(error).toBeInstanceOf(ToolkitError)
          expect(error).toMatchObject({ code: 'usage' })
          expect(String(error)).not.toContain(word)
        }
      }),
    )
  })
})
