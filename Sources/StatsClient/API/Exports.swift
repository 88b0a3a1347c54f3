// The client's API uses destinations, times and causes of loss. Their modules are not products, so they are exported here.
@_exported public import StatsModel
@_exported public import SystemIO
