// @openfeature/web-sdk with @openfeature/ofrep-web-provider from npm, as a shop's own bundle carries them.
import { OpenFeature } from '@openfeature/web-sdk'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'

window.load = async (host, key, context, headers) => {
  const provider = new OFREPWebProvider({
    baseUrl: host,
    headers: headers ?? [['Authorization', `Bearer ${key}`]],
    pollInterval: -1,
    cacheMode: 'disabled',
    changeDetection: 'polling',
  })
  await OpenFeature.setContext(context)
  await OpenFeature.setProviderAndWait(provider)
  window.OpenFeature = OpenFeature
  window.provider = provider
  window.flags = OpenFeature.getClient()
}
