[description]
Stops the server without losing an HTTP/2 request: sessions are told to leave,
what was sent is served, what comes too late gets REFUSED_STREAM.
Serves every connector that speaks HTTP/2, whichever module configured it.

[version]
12.1

[tags]
http2
server

[depend]
server

[after]
graceful
http
http2
http2c
https
ssl

[lib]
lib/http2/jetty-http2-common-${jetty.version}.jar
lib/http2/jetty-http2-hpack-${jetty.version}.jar
lib/http2/jetty-http2-server-${jetty.version}.jar
lib/jetty-util-ajax-${jetty.version}.jar
lib/http2-drain/*.jar

[xml]
etc/jetty-http2-drain.xml

[ini-template]
### Lossless stop for HTTP/2. All times in milliseconds.

## From the stop call to the last forced close: requests that still run then are cut
## with CANCEL and named in the log.
## Keep it under the time after which the server is killed: 30 s for jetty.sh, and for
## Kubernetes (terminationGracePeriodSeconds). It rules HTTP/2; where
## jetty.server.stopTimeout is shorter, it is raised for the stop.
# drain.timeout=25000

## How long the listeners stay open, and everything is served, after the stop has begun
## and readiness is down. Longer than your load balancer takes to notice: the interval of
## its checks, times the failures that it wants to see.
# drain.quietPeriod=0

## The sessions are told to leave evenly over this time, from the start of the stop, so
## that not all their clients reconnect elsewhere at once.
# drain.spread=0

## How long a session may leave the drain's PING unanswered. The longest round trip
## to a client that you want to serve without a retry.
# drain.pingTimeout=2000

## After the server has closed its half of a connection, how long the client may take
## to close the other. Also how long a connection may stay in its TLS handshake or
## HTTP/2 preface, or idle with HTTP/1.1, once the stop has begun.
# drain.linger=1000

## While a stop waits, a line in the log says for what, this often; 0: never.
# drain.progressInterval=5000

## A file that gets the report of each drain, as JSON. Replaced atomically.
# drain.report=

## A path that each connector answers itself: 200 while it wants new traffic, 503 from the
## first moment of a stop. Nothing is answered there by default.
# drain.readinessPath=/ready
