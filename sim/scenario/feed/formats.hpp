// The readers of feed_formats(); used nowhere else.
#pragma once

#include "scenario/feed/feed.hpp"

namespace idlewatt {

FeedRows read_electricity_maps(const FeedFile& file, const FeedChoice& choice);
FeedRows read_entsoe(const FeedFile& file, const FeedChoice& choice);
FeedRows read_caiso(const FeedFile& file, const FeedChoice& choice);
FeedRows read_eia_930(const FeedFile& file, const FeedChoice& choice);
FeedRows read_watttime_csv(const FeedFile& file, const FeedChoice& choice);
FeedRows read_nord_pool_csv(const FeedFile& file, const FeedChoice& choice);
FeedRows read_open_meteo(const FeedFile& file, const FeedChoice& choice);

FeedRows read_watttime_json(const FeedFile& file, const FeedChoice& choice);
FeedRows read_uk_carbon_intensity(const FeedFile& file, const FeedChoice& choice);
FeedRows read_nord_pool_json(const FeedFile& file, const FeedChoice& choice);
FeedRows read_octopus(const FeedFile& file, const FeedChoice& choice);
FeedRows read_open_nem(const FeedFile& file, const FeedChoice& choice);

}  // namespace idlewatt
