/**
 * Replaces methods of an object whose class has private fields: the others keep it as their `this`.
 *
 * @param inner - any object
 * @param methods - what is called instead
 * @returns an object that stands for it
 */
export function override<T extends object>(inner: T, methods: Partial<T>): T {
  return new Proxy(inner, {
    get(target, key) {
      if (Object.hasOwn(methods, key)) return Reflect.get(methods, key)
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
