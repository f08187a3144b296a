package io.http2drain;

import io.http2drain.protocol.AdmissionGate;
import io.http2drain.protocol.RunCensus;
import io.http2drain.protocol.SessionAction;
import io.http2drain.protocol.SessionPhase;
import io.http2drain.protocol.SessionProtocol;
import io.http2drain.protocol.SessionTimes;
import io.http2drain.protocol.Spread;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jdk.jfr.FlightRecorder;

/**
 * Loads the classes of a drain before they are needed. By the time a server stops, its next version
 * may have been written over the jar that it runs from.
 */
final class DrainClasses {

  /** All that are not inside of others. */
  private static final List<Class<?>> OUTERMOST =
      List.of(
          AdmissionGate.class,
          Announcements.class,
          BusySession.class,
          ConnectorEndPoints.class,
          ConnectorStatus.class,
          ConnectorStop.class,
          Drain.class,
          DrainAccount.class,
          DrainClasses.class,
          DrainEvents.class,
          DrainJournal.class,
          DrainJson.class,
          DrainLog.class,
          DrainModule.class,
          DrainPhase.class,
          DrainPolicy.class,
          DrainRateControl.class,
          DrainReport.class,
          DrainRun.class,
          DrainRuns.class,
          DrainStatus.class,
          DrainTally.class,
          DrainTimeline.class,
          DrainTotals.class,
          DrainingHTTP2CServerConnectionFactory.class,
          DrainingHTTP2ServerConnectionFactory.class,
          FactorySwap.class,
          FloodWatch.class,
          LingeringEndPoint.class,
          PendingAccepts.class,
          PingAckScanner.class,
          ReadinessHandler.class,
          RefusedStreams.class,
          RemoteAddress.class,
          ReportFile.class,
          RequestStatus.class,
          RequestWatch.class,
          RequestsInFlight.class,
          RunCensus.class,
          ServerStop.class,
          SessionAction.class,
          SessionDrain.class,
          SessionPhase.class,
          SessionProtocol.class,
          SessionRegistry.class,
          SessionState.class,
          SessionStatus.class,
          SessionTimes.class,
          Spread.class,
          StatusReader.class,
          StrayResets.class,
          StreamDescription.class,
          TrackedSession.class);

  private DrainClasses() {}

  /**
   * Loads them; of the events none while nobody records, see {@link DrainEvents}. To be called
   * while the jar is what it was when the server was started.
   *
   * @return those that are loaded
   */
  static Set<Class<?>> load() {
    Set<Class<?>> loaded = new HashSet<>(OUTERMOST);
    boolean recorded = FlightRecorder.isInitialized();
    for (Class<?> outermost : OUTERMOST) {
      if (recorded || outermost != DrainEvents.class) {
        loaded.addAll(List.of(outermost.getNestMembers()));
      }
    }
    return loaded;
  }
}
