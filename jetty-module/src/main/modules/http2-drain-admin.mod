[description]
Shows and steers the drain of http2-drain over HTTP, on a listener of its own:
readiness, drain on demand and undo, metrics, and a live page.

[version]
12.1

[tags]
http2
server

[depend]
http2-drain

[lib]
lib/jetty-util-ajax-${jetty.version}.jar
lib/http2-drain/admin/*.jar

[xml]
etc/jetty-http2-drain-admin.xml

[ini-template]
### The admin of the drain: GET / is a page, GET /ready a health check, GET /metrics for Prometheus.

## The host or address to listen on. Whoever reaches it may read: the paths and the remote
## addresses of requests in flight are there. Any but a loopback address needs a token.
# drain.admin.host=127.0.0.1

## The port to listen on.
# drain.admin.port=8081

## What requests that change something carry, as "Authorization: Bearer <token>": at least
## 16 letters, digits and ._~+/-
# drain.admin.token=

## A file that holds the token, instead of the above: others can see this ini, and the
## command line of the server.
# drain.admin.tokenFile=
