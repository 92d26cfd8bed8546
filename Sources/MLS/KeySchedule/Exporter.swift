// SPDX-License-Identifier: Apache-2.0

package import Primitives

extension CipherSuite {
  /// MLS-Exporter of RFC 9420 section 8.5.
  ///
  /// ```
  /// MLS-Exporter(Label, Context, Length) =
  ///     ExpandWithLabel(DeriveSecret(exporter_secret, Label), "exported", Hash(Context), Length)
  /// ```
  package func export(
    _ exporterSecret: SharedSecret, label: String, context: [UInt8], count: Int
  ) throws(MLSError) -> SharedSecret {
    try expand(
      deriveSecret(exporterSecret, label: label), label: "exported", context: hash(context),
      count: count)
  }
}
