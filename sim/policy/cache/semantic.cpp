// Semantic cache `semantic`: answers a request with the answer to the most similar request that it knows, when the two
// embeddings' cosine is at least a threshold.
//
// The cosine follows from what the trace says of the two. A request's text stands at the cosine s to the middle of its
// intent; what it deviates by is its own, so that deviations of two texts are orthogonal: with s of the one and e of
// the other, the cosine of the two is s x e. The same text (the same s, to the bit) has cosine 1. Requests of different
// intents never match. So of an intent's entries the most similar one is that with the greatest e.
#include <cmath>

#include "physics/embedding.hpp"
#include "policy/cache/cache.hpp"
#include "policy/cache/entry_store.hpp"
#include "policy/cache/wrong_hits.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

/// From a hash table or a vector index to the front end and back: the published bound of an exact cache.
constexpr double kSearchS = 0.005;

class SemanticCache final : public CachePolicy {
 public:
  explicit SemanticCache(const Parameters& parameters)
      : store_(store_rules(parameters)),
        threshold_(parameters.get("threshold")),
        wrong_factor_(parameters.get("wrong_hits")),
        bytes_per_token_(parameters.get("bytes_per_token")),
        vector_bytes_(parameters.get("vector")),
        on_cpu_{parameters.get("lookup_time"), parameters.get("lookup_power"), 0.0} {}

  bool caches() const override { return true; }

  LookupCost lookup_cost(const Accelerator* embedder) const override {
    if (embedder == nullptr) {
      return on_cpu_;
    }
    const EmbeddingCost cost = embedding_cost(*embedder);
    const double time_s = kSearchS + cost.time_s;
    return {.time_s = time_s, .power_w = cost.energy_j / time_s, .standby_w = embedder->idle_loaded_w.value};
  }

  std::optional<CacheHit> look_up(const CacheRequest& request, Ticks now) override {
    store_.expire(now);
    if (request.key == 0) {
      return std::nullopt;
    }
    const EntryMeaning meaning = store_.meaning(request.space, request.tenant, request.key);
    if (store_.same(meaning, request.similarity)) {
      store_.use(meaning, request.similarity);
      return CacheHit{};
    }
    const std::optional<float> nearest = store_.nearest(meaning);
    const double cosine = nearest ? static_cast<double>(*nearest) * static_cast<double>(request.similarity) : 0.0;
    if (!nearest || cosine < threshold_) {
      return std::nullopt;
    }
    store_.use(meaning, *nearest);
    return CacheHit{.cosine = cosine, .wrong = request.wrong_draw < wrong_factor_ * wrong_hit_probability(cosine)};
  }

  void insert(const CacheRequest& request, std::int32_t prompt_tokens, std::int32_t output_tokens, Ticks now) override {
    store_.expire(now);
    if (request.key != 0) {
      const double tokens = static_cast<double>(prompt_tokens) + static_cast<double>(output_tokens);
      store_.insert(store_.meaning(request.space, request.tenant, request.key), request.similarity,
                    std::llround(tokens * bytes_per_token_ + vector_bytes_), now);
    }
  }

  std::int64_t entries() const override { return store_.entries(); }
  std::int64_t bytes() const override { return store_.bytes(); }

 private:
  EntryStore store_;
  double threshold_;
  double wrong_factor_;
  double bytes_per_token_;
  double vector_bytes_;
  LookupCost on_cpu_;
};

}  // namespace

CacheDeclaration declare_semantic_cache() {
  std::vector<ParameterSpec> parameters = {{"threshold", Dimension::share, 0.9, 0.5, 1,
                                            "cosine of two requests from which one's answer serves the other "
                                            "(published: 0.8 GPT Semantic Cache, 0.8 to 0.95 "
                                            "GPTCache)"}};
  for (ParameterSpec& spec : store_parameters()) {
    parameters.push_back(std::move(spec));
  }
  parameters.push_back({"vector", Dimension::bytes, 1536, 0, 1e6,
                        "an embedding in an entry (published: 384 numbers of 4 bytes, all-MiniLM-L6-v2)"});
  parameters.push_back({"wrong_hits", Dimension::number, 1, 0, 10,
                        "times the published share of wrong answers by cosine (GPTCache: 5.6 % of hits from 0.95 on, "
                        "12.1 % down to 0.9, 13.0 % below); 0.3 = GPT Semantic Cache's 3 %"});
  parameters.push_back(
      {"lookup_time", Dimension::time, 0.12, 1e-6, 60,
       "of each request, hit or miss, with the embedding on the CPU (published: 0.12 to 0.26 s, GPTCache)"});
  parameters.push_back({"lookup_power", Dimension::power, 30, 0, 10'000,
                        "what a lookup draws while it lasts, above the idle host (assumed, 10 to 100 W: some cores)"});
  return {{"semantic", "answers a request with the answer to the most similar one that it knows, from a threshold on",
           std::move(parameters)},
          [](const Parameters& p) { return std::make_unique<SemanticCache>(p); }};
}

}  // namespace idlewatt
