// @segment/analytics-next from npm, as a shop's own bundle carries it.
import { AnalyticsBrowser } from '@segment/analytics-next'

window.load = (host, writeKey, options) => {
  window.analytics = AnalyticsBrowser.load({ writeKey, cdnURL: host }, options)
}
