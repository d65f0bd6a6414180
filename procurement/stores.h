// Under which names the services keep what documents make, and the documents: what the stores of
// services/<name>/store write and the check of the stores (clients/install) reads. What lies under
// a name, and in which shard, say the headers of the stores.
#ifndef JODAL_PROCUREMENT_STORES_H_
#define JODAL_PROCUREMENT_STORES_H_

namespace jodal::procurement {

inline constexpr char kContractTable[] = "contract/";
inline constexpr char kContractLotTable[] = "lot/";
inline constexpr char kContractPartyTable[] = "party/";
inline constexpr char kContractDocuments[] = "document/";  // a ledger::Journal

inline constexpr char kAccountTable[] = "account/";
inline constexpr char kAccountDocuments[] = "account-document/";
inline constexpr char kPaidContractTable[] = "contract/";
inline constexpr char kPaymentTable[] = "payment/";
inline constexpr char kPaymentDocuments[] = "document/";
// In the follower's housekeeping.
inline constexpr char kPaymentDirectoryTable[] = "~follower/contract/supplier/";

// All of the registration lies in the shard of this name.
inline constexpr char kRegistrationShard[] = "registration";
inline constexpr char kOrganizationTable[] = "organization/";
inline constexpr char kPersonTable[] = "person/";
inline constexpr char kCertificateTable[] = "certificate/";
inline constexpr char kKeyTable[] = "key/";
inline constexpr char kFactTable[] = "fact/";                // then subject "/" type "/" six digits
inline constexpr char kRegistrationDocuments[] = "signed/";  // by digest

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_STORES_H_
