// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/store/store.h"

#include <QObject>

#include <memory>

namespace Satchel::Test {

/// What every back end of the store must do. A back end's own test derives from it, and says how its store is opened.
class StoreContract : public QObject {
    Q_OBJECT
protected:
    /// The same store again: an open one is closed first.
    virtual void reopen() = 0;
    virtual Server::Store &store() = 0;

private Q_SLOTS:
    void init() { reopen(); }
    void epoch_afterReopen_isTheSame();
    void secret_byPurpose_isKeptAndDistinct();
    void policies_newer_replaceOlder();
    void owner_new_hasNothing();
    void transaction_uncommitted_leavesNothing();
    void transaction_committed_survivesReopen();
    void disposition_ofEventAndRefusal_tellsWhatBecameOfThem();
    void deltas_afterCursor_nameChangedFieldsOnly();
    void deltas_ofOwnWrites_areSkipped();
    void deltas_overLimits_stopEarlyAndGoOn();
    void deltas_ofAnotherTenant_areEmpty();
    void deltas_ofRevokedDevice_areRefused();
    void conflicts_openedAndResolved_areListedAndGone();
    void overwritten_value_isListedWithBase();
    void users_search_pagesInOrder();
    void documents_list_pagesInOrder();
    void lists_ofAnyFilter_haveTheRowsThatMatch();
    void conflicts_ofAnyFilter_areThoseThatMatch();
    void users_inAnyOrder_pageWithoutGapOrRepeat();
    void query_interrupted_isCancelled();
    void audit_ofAnyFilter_hasTheRecordsThatMatch();
    void history_ofADocument_isWhatItWas();
    void history_behindCompaction_isExpired();
    void checkpoint_ofARow_isGoneOnFrom();
    void policies_setInATransaction_areInForceWithTheCommit();
    void approvals_ofTenants_areTheirOwn();
    void owner_withAttributes_keepsThem();
    void owner_withDocuments_countsTheirBytes();
    void notes_ofUsers_areTheirOwn();
    void audit_appended_growsOneLogForEachTenant();
    void audit_uncommitted_leavesNothing();
    void audit_nodeThatIsNotThere_isDataLoss();
    void audit_query_filtersAndPages();
    void audit_proofs_verifyAfterReopen();
    void audit_epochRenewed_saysFromWhichTreeItGoesOn();
};

}  // namespace Satchel::Test
