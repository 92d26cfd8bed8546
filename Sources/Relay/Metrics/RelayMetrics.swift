// SPDX-License-Identifier: Apache-2.0

import RelayLog
package import RelayProtocol
import Synchronization

/// Everything that a relay counts: closed label sets, no id, no address, nothing about one person.
package final class RelayMetrics: Sendable {
  /// What is looked up when somebody asks: sizes of files, days of a certificate.
  package struct Sample: Sendable {
    package var storeBytes: Int64?
    package var logBytes: Int64?
    package var blobBytes: Int64?
    package var freeBytes: Int64?
    package var certificateDays: Double?
    package var backupAge: Double?

    package init() {}
  }

  private static let results = ["new", "replay"] + RelayProblem.allCases.map(\.rawValue)

  let appends = Counters(results)
  let appendSeconds = Distribution(
    Distribution.seconds, of: SizeClass.allCases.map { String($0.rawValue) })
  let commitSeconds = Distribution(Distribution.seconds)
  let commitBatch = Distribution(Distribution.counts)
  let checkpointSeconds = Distribution(Distribution.seconds)
  private let writerQueue = Atomic(0)
  let repairs = Counters(results)
  private let retentionRows = Counters([""])
  private let retentionLag = Atomic(0)
  let reads = Counters(["frames", "nothing"] + RelayProblem.allCases.map(\.rawValue))
  let postage = Counters(
    ["spent", "again"]
      + [RelayProblem.postageRequired, .postageInvalid, .postageSpent].map(\.rawValue))
  let followers = Level()
  let subscriptions = Level()
  let pushSeconds = Distribution(Distribution.seconds)
  let followEnds = Counters(FollowStream.End.allCases.map(\.rawValue))
  let connections = Level()
  let limited = Counters(Limit.allCases.map(\.rawValue))
  let requests: [Counters]
  private let version: String
  private let sample: @Sendable () -> Sample

  package init(version: String = "", sample: @escaping @Sendable () -> Sample = { Sample() }) {
    self.version = version
    self.sample = sample
    requests = RelayRoute.labels.map { _ in Counters(["2xx", "4xx", "5xx"]) }
  }

  func count(_ limit: Limit) { limited.add(limit.rawValue) }

  func countRequest(_ route: RelayRoute?, status: Int) {
    requests[RelayRoute.labelIndex(route)].add(at: status < 400 ? 0 : status < 500 ? 1 : 2)
  }

  /// Two digits are enough to see a load, and too few to see one person come and go.
  static func rounded(_ count: Int) -> Int {
    var step = 1
    while count / step >= 100 { step *= 10 }
    return count / step * step
  }

  /// In the text format of Prometheus.
  package func exposition() -> String {
    let prefix = "alcove_relay_"
    var text = Exposition()
    text.counters(prefix + "appends_total", "Appends by outcome.", label: "result", appends)
    text.distribution(
      prefix + "append_seconds", "Time of an append by size class in KiB.", label: "size",
      appendSeconds)
    text.distribution(prefix + "commit_seconds", "Time of a commit and its flush.", commitSeconds)
    text.distribution(prefix + "commit_batch", "Requests committed together.", commitBatch)
    text.distribution(prefix + "checkpoint_seconds", "Time of a checkpoint.", checkpointSeconds)
    text.gauge(
      prefix + "writer_queue", "Requests that waited after the last commit.",
      Double(writerQueue.load(ordering: .relaxed)))
    text.counters(prefix + "reads_total", "Reads by outcome.", label: "result", reads)
    text.counters(
      prefix + "postage_total", "Payments by outcome.", label: "result", postage)
    text.gauge(
      prefix + "followers", "Open follow streams, two digits.",
      Double(Self.rounded(followers.current)))
    text.gauge(
      prefix + "subscriptions", "Followed channels, two digits.",
      Double(Self.rounded(subscriptions.current)))
    text.distribution(
      prefix + "push_seconds", "From a commit's wake to the last byte written to a follower.",
      pushSeconds)
    text.counters(prefix + "follow_ends_total", "Ends of streams.", label: "reason", followEnds)
    text.gauge(prefix + "connections", "Open connections.", Double(connections.current))
    text.counters(
      prefix + "limited_total", "What was refused for a limit.", label: "limit", limited)
    text.requests(
      prefix + "http_requests_total", "Answers by route and class.",
      zip(RelayRoute.labels, requests))
    text.counters(
      prefix + "repairs_total", "Envelopes put back after a restore, by outcome.",
      label: "result", repairs)
    text.counters(
      prefix + "retention_rows_total", "Bodies, channels and blobs that retention cleared away.",
      retentionRows)
    text.gauge(
      prefix + "retention_lag_days", "Days that retention is behind its policy.",
      Double(retentionLag.load(ordering: .relaxed)))
    let sample = sample()
    let levels: [(String, String, Double?)] = [
      ("store_bytes", "Size of the store's file.", sample.storeBytes.map(Double.init)),
      ("wal_bytes", "Size of the write-ahead log.", sample.logBytes.map(Double.init)),
      ("blob_bytes", "Size of all parts of blobs.", sample.blobBytes.map(Double.init)),
      ("free_bytes", "Free space beside the store.", sample.freeBytes.map(Double.init)),
      (
        "tls_expiry_days", "Days until the certificate ends; nothing without TLS.",
        sample.certificateDays
      ),
      ("backup_age_seconds", "Since the last backup; +Inf when there is none.", sample.backupAge),
    ]
    for (name, help, value) in levels { text.gauge(prefix + name, help, value) }
    text.info(prefix + "build_info", "The program.", label: "version", version)
    return text.text
  }
}

extension RelayMetrics: WriterObserver {
  package func committed(jobs: Int, waiting: Int, in duration: Duration) {
    commitSeconds.add(duration)
    commitBatch.add(Double(jobs))
    writerQueue.store(waiting, ordering: .relaxed)
  }

  package func checkpointed(in duration: Duration) { checkpointSeconds.add(duration) }

  package func repaired(_ result: Result<Appended?, RelayError>) {
    switch result {
    case .success(let appended): repairs.add(appended?.isReplay == true ? "replay" : "new")
    case .failure(let error): repairs.add(Problem.problem(of: error).rawValue)
    }
  }

  package func retained(rows: Int, lag: Int64) {
    retentionRows.add("", UInt64(rows))
    retentionLag.store(Int(lag), ordering: .relaxed)
  }
}
