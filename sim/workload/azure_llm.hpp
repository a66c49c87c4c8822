// Reads the CSV format of Azure's public LLM inference traces.
#pragma once

#include <memory>
#include <string>

#include "workload/trace_reader.hpp"

namespace idlewatt {

/// Streams the queries of a file such as AzureLLMInferenceTrace_conv.csv (github.com/Azure/AzurePublicDataset):
///
///     TIMESTAMP,ContextTokens,GeneratedTokens
///     2023-11-16 18:15:46.6805900,374,44
///
/// The first row arrives at time 0; times are exact (0 to 9 fractional digits; "Z" or "+00:00" may follow). CRLF line
/// ends, a byte-order mark, a missing final newline and empty lines at the end are accepted. Memory is constant.
///
/// Throws InputError "file:line:column: what is wrong (expected ...)" when the file cannot be read, is empty or lacks a
/// column; next() throws it for a malformed row, a time that goes back, tokens below 1, and when there is no row at
/// all.
std::unique_ptr<TraceReader> open_azure_llm(const std::string& path);

}  // namespace idlewatt
