// SPDX-License-Identifier: Apache-2.0

public import Primitives

extension Group {
  /// MLS-Exporter of RFC 9420 section 8.5: a secret for use outside MLS, bound to this epoch.
  public func export(_ request: ExportRequest) throws(MLSError) -> SharedSecret {
    guard let exporter = keys.exporter else { throw .exporterErased }
    return try suite.export(
      exporter, label: request.label, context: request.context, count: request.count)
  }

  /// Exports all that will ever be needed of this epoch and erases the exporter secret: whoever gets
  /// hold of the state later cannot export again.
  public mutating func exportAndErase(
    _ requests: [ExportRequest]
  ) throws(MLSError) -> [SharedSecret] {
    var exported: [SharedSecret] = []
    for request in requests { exported.append(try export(request)) }
    keys.exporter = nil
    return exported
  }
}
