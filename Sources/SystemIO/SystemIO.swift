import StatsModel
