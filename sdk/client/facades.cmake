# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The Satchel Authors
# The public API over the engine, and the documents in memory.

set(satchel_public_headers)
foreach(name satchelglobal error result policy clientoptions client collection document syncstatus conflict quarantine recovery json writebatch query explanation typed settings)
    list(APPEND satchel_public_headers ${PROJECT_SOURCE_DIR}/sdk/include/Satchel/${name}.h)
endforeach()
target_sources(satchel_client PRIVATE
    ${satchel_public_headers}
    client.cpp client_conflicts.cpp client_open.cpp client_p.h client_rekey.cpp client_signout.cpp client_status.cpp client_suspend.cpp
    collection.cpp collection_p.h document.cpp
    edits.cpp edits.h
    error.cpp error_p.h json.cpp logging.cpp logging.h
    optionscheck.cpp optionscheck.h
    query/conditions.cpp query/conditions.h query/finding.cpp query/index.cpp query/index.h query/indexes.cpp query/indexes.h
    query/livequery.cpp query/livequery_p.h query/plan.cpp query/plan.h
    resolving.cpp resolving.h
    storekeysource.cpp storekeysource.h
    settings/settings.cpp settings/settings_p.h settings/settingsimport.cpp settings/settingvalue.cpp settings/settingvalue.h
    syncstatus.cpp syncstatus_p.h
    typed/decoding.cpp typed/encoding.cpp typed/keeping.cpp typed/keeping.h typed/reflection.cpp typed/reflection.h
    typed/revision.cpp typed/revision.h typed/typed.cpp typed/typeinfo.cpp typed/typeinfo.h
    values.cpp values.h
    vault/erasure.cpp vault/erasure.h
    vault/keychain.h
    vault/keychainerrors.cpp vault/keychainerrors.h
    vault/keyvault.cpp vault/keyvault.h vault/keyvault_change.cpp vault/keyvault_p.h
    vault/outside.h
    vault/secretbytes.cpp vault/secretbytes.h
    vault/secretservice.cpp vault/secretservice.h
    vault/systemkeychain.cpp vault/systemkeychain.h
    why/explaining.cpp why/explaining.h
    writebatch.cpp writebatch_p.h
    live/entry.h live/livestate.cpp live/livestate.h live/livestate_change.cpp live/livestate_write.cpp)
set_property(TARGET satchel_client PROPERTY SATCHEL_PUBLIC_HEADERS ${satchel_public_headers})
target_include_directories(satchel_client PUBLIC ${PROJECT_SOURCE_DIR}/sdk/include)
target_link_libraries(satchel_client PUBLIC tl::expected PRIVATE Qt6::DBus Qt6Keychain::Qt6Keychain)
target_compile_definitions(satchel_client PRIVATE SATCHEL_LIBRARY SATCHEL_VERSION="${PROJECT_VERSION}" INTERFACE SATCHEL_STATIC)
